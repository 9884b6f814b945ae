// Go's net package, a goroutine a connection. GOMAXPROCS comes from the environment (the runner sets 1).
// TCP_NODELAY is what net sets by itself.
package main

import (
	"fmt"
	"net"
	"os"
)

const receiveSize = 4096

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, receiveSize)
	for {
		count, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:count]); err != nil {
			return
		}
	}
}

func main() {
	port := "0"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "listening on tcp://%s\n", listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go echo(connection)
	}
}
