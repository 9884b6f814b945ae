import Testing
import WebSocketCodec

@Suite struct WebSocketExtensionTests {
    @Test func readsAndPrintsLists() throws {
        let list = try WebSocketExtension.list(
            parsing: "permessage-deflate; client_max_window_bits; server_max_window_bits=10,\tfoo"
        )
        #expect(
            list == [
                WebSocketExtension(
                    "permessage-deflate",
                    [.init("client_max_window_bits"), .init("server_max_window_bits", "10")]
                ),
                WebSocketExtension("foo"),
            ]
        )
        #expect(
            list.map(\.description) == [
                "permessage-deflate; client_max_window_bits; server_max_window_bits=10", "foo",
            ]
        )
        #expect(
            try WebSocketExtension.list(parsing: "a;b=\"c\\d\" , ,e ;f = g")
                == [.init("a", [.init("b", "cd")]), .init("e", [.init("f", "g")])]
        )
    }

    @Test(arguments: [
        ("", 0), (" ", 1), (",", 1), ("a;", 2), ("a;;b", 2), ("a b", 2), ("a;b=", 4),
        ("a;b=\"\"", 5), ("a;b=\"c", 6), ("a;b=\"c d\"", 6), ("a;b=c d", 6), ("=", 0),
        ("a\r\n", 1), ("a;b=\"c\"d", 7), ("ä", 0), ("a;b=\"\\", 6),
    ])
    func refusesWhatIsNotTheGrammar(value: String, offset: Int) {
        #expect(throws: WebSocketExtensionError.malformed(offset: offset)) {
            try WebSocketExtension.list(parsing: value)
        }
    }
}

@Suite struct PermessageDeflateTests {
    private func answer(_ offers: String) throws -> String? {
        PermessageDeflate(answering: try WebSocketExtension.list(parsing: offers))?
            .response.description
    }

    static let plain =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(arguments: [
        ("permessage-deflate", plain),
        ("permessage-deflate; client_max_window_bits", plain),
        ("permessage-deflate; client_max_window_bits=8", plain),
        ("permessage-deflate; server_no_context_takeover", plain),
        ("foo, permessage-deflate; server_max_window_bits=9", plain + "; server_max_window_bits=9"),
        (
            "permessage-deflate; server_max_window_bits=\"12\"",
            plain + "; server_max_window_bits=12"
        ),
        ("permessage-deflate; server_max_window_bits=15", plain),
        // Passed over, for the next.
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", plain),
        (
            "permessage-deflate; x, permessage-deflate; server_max_window_bits=10",
            plain + "; server_max_window_bits=10"
        ),
    ])
    func aServerTakesTheFirstOfferItCan(offers: String, expected: String) throws {
        #expect(try answer(offers) == expected)
    }

    @Test(arguments: [
        "foo", "permessage-deflate; x", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=09",
        "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=abc",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "Permessage-Deflate",
    ])
    func aServerTakesNoOtherOffer(offers: String) throws {
        #expect(try answer(offers) == nil)
    }

    @Test func aClientTakesWhatItOffered() throws {
        #expect(PermessageDeflate.offer.description == Self.plain + "; client_max_window_bits")
        #expect(try PermessageDeflate(accepting: []) == nil)
        for (answer, serverBits, clientBits) in [
            (Self.plain, 15, 15), ("permessage-deflate; server_no_context_takeover", 15, 15),
            (Self.plain + "; server_max_window_bits=8", 8, 15),
            (Self.plain + "; client_max_window_bits=8", 15, 8),
            (Self.plain + "; client_max_window_bits=10; server_max_window_bits=11", 11, 10),
        ] {
            let list = try WebSocketExtension.list(parsing: answer)
            let agreed = try PermessageDeflate(accepting: list)
            #expect(agreed?.serverWindowBits == serverBits)
            #expect(agreed?.clientWindowBits == clientBits)
        }
    }

    @Test(arguments: [
        "foo", "permessage-deflate", plain + ", foo", plain + "; client_max_window_bits=7",
        plain + "; client_max_window_bits", plain + "; x", plain + "; server_max_window_bits",
        plain + "; server_max_window_bits=7", plain + ", " + plain,
        plain + "; server_no_context_takeover",
    ])
    func aClientTakesNothingElse(answer: String) throws {
        let list = try WebSocketExtension.list(parsing: answer)
        #expect(throws: WebSocketExtensionError.notOffered(list[list.count - 1])) {
            try PermessageDeflate(accepting: list)
        }
    }
}
