import Sockets
import Testing

@testable import NetworkTools

struct PathMTUSearchTests {
    private let router = IPAddress.v4(.loopback)

    @Test func theOwnLinkThenTheRoutersThenTheDestination() {
        var search = PathMTUSearch(isIPv6: false)
        #expect(search.size == 65_535)
        search.refuseHere(limit: 1500)
        #expect(search.size == 1500)
        search.send()
        search.refuse(limit: 1400, reporter: router)
        #expect(search.size == 1400 && !search.isOver)
        search.send()
        search.arrive()
        #expect(search.isOver)
        #expect(search.result == PathMTU(size: 1400, reporter: router, isConfirmed: true))
    }

    @Test func reportsThatCannotBeTrueAreNotBelieved() {
        for (isIPv6, limits) in [(false, [1500, 9000, 67, -1]), (true, [1500, 9000, 1279, 68])] {
            var search = PathMTUSearch(isIPv6: isIPv6, startingAt: 1500)
            search.send()
            for limit in limits { search.refuse(limit: limit, reporter: router) }
            #expect(search.size == 1500 && !search.isOver && search.result?.reporter == nil)
        }
    }

    @Test func aRouterThatNamesNoSizeIsGuessedAt() {
        var search = PathMTUSearch(isIPv6: false, startingAt: 1500)
        search.send()
        search.refuse(limit: nil, reporter: router)
        #expect(search.size == 1492)
    }

    @Test func silenceEndsTheSearchUnconfirmed() {
        var search = PathMTUSearch(isIPv6: false, startingAt: 1500)
        for _ in 0..<PathMTUSearch.triesPerSize {
            #expect(!search.isOver)
            search.send()
            search.giveUpWaiting()
        }
        #expect(search.isOver)
        #expect(search.result == PathMTU(size: 1500, reporter: nil, isConfirmed: false))
    }

    @Test func aLiarCannotKeepTheSearchGoing() {
        var search = PathMTUSearch(isIPv6: false)
        var steps = 0
        while !search.isOver {
            search.send()
            search.refuse(limit: search.size - 1, reporter: router)
            steps += 1
        }
        #expect(steps == PathMTUSearch.stepLimit)
    }

    @Test func nothingSentIsNothingFound() {
        var search = PathMTUSearch(isIPv6: true)
        search.refuseHere(limit: nil)
        #expect(search.isOver && search.result == nil)
    }
}
