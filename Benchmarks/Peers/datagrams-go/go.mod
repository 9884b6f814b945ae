module datagrams

go 1.22
