// Go's net package: a system call a datagram, as the standard library has it, without an allocation
// for addresses. What each mode does is said in Peers/datagrams-c/main.c.
//
// usage: datagrams-go MODE SIZE plain [PORT]
package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
)

const (
	roomSize     = 2048
	questionSize = 8
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func echo(socket *net.UDPConn) {
	buffer := make([]byte, roomSize)
	for {
		count, from, err := socket.ReadFromUDPAddrPort(buffer)
		check(err)
		_, err = socket.WriteToUDPAddrPort(buffer[:count], from)
		check(err)
	}
}

func countReceived(socket *net.UDPConn) {
	buffer := make([]byte, roomSize)
	var datagrams, bytes uint64
	for {
		count, from, err := socket.ReadFromUDPAddrPort(buffer)
		check(err)
		if count != questionSize {
			datagrams++
			bytes += uint64(count)
			continue
		}
		var answer [16]byte
		binary.LittleEndian.PutUint64(answer[:8], datagrams)
		binary.LittleEndian.PutUint64(answer[8:], bytes)
		_, err = socket.WriteToUDPAddrPort(answer[:], from)
		check(err)
	}
}

func sendAsAsked(socket *net.UDPConn, size int) {
	payload := make([]byte, size)
	request := make([]byte, 16)
	for {
		_, from, err := socket.ReadFromUDPAddrPort(request)
		check(err)
		count := binary.LittleEndian.Uint64(request[:8])
		port := uint16(binary.LittleEndian.Uint64(request[8:]))
		sink := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
		for ; count > 0; count-- {
			_, err := socket.WriteToUDPAddrPort(payload, sink)
			check(err)
		}
		_, err = socket.WriteToUDPAddrPort(request, from)
		check(err)
	}
}

func main() {
	if len(os.Args) < 4 || os.Args[3] != "plain" {
		fmt.Fprintln(os.Stderr, "usage: datagrams-go MODE SIZE plain [PORT]")
		os.Exit(64)
	}
	port := "0"
	if len(os.Args) > 4 {
		port = os.Args[4]
	}
	size, err := strconv.Atoi(os.Args[2])
	check(err)
	address, err := net.ResolveUDPAddr("udp4", "127.0.0.1:"+port)
	check(err)
	socket, err := net.ListenUDP("udp4", address)
	check(err)
	check(socket.SetReadBuffer(4 << 20))
	fmt.Fprintf(os.Stderr, "listening on udp://%s\n", socket.LocalAddr())
	switch os.Args[1] {
	case "echo":
		echo(socket)
	case "receive":
		countReceived(socket)
	case "send":
		sendAsAsked(socket, size)
	}
}
