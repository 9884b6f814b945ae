import HTTPTypes

extension HTTPResponse.Status {
    /// The status with the code, and its reason phrase if it is one that refusals have.
    init(known code: Int) {
        self =
            switch code {
            case 400: .badRequest
            case 413: .contentTooLarge
            case 414: .uriTooLong
            case 417: .expectationFailed
            case 431: .requestHeaderFieldsTooLarge
            case 501: .notImplemented
            case 502: .badGateway
            case 505: .httpVersionNotSupported
            default: HTTPResponse.Status(code: code)
            }
    }
}
