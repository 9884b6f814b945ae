import Files
import Glibc
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct FileErrorTests {
    @Test(arguments: [
        (ENOENT, 404), (ENOTDIR, 404), (EXDEV, 404), (ELOOP, 404), (ENAMETOOLONG, 404),
        (ENXIO, 404),
        (EACCES, 403), (EPERM, 403), (EROFS, 403), (EMFILE, 503), (ENFILE, 503), (EAGAIN, 503),
        (ENOSPC, 507), (EDQUOT, 507), (EFBIG, 413), (EIO, 500),
    ]) func eachErrorHasItsStatus(errno: CInt, status: Int) {
        #expect(FileError(errno: errno).status.code == status)
    }

    @Test func itPrintsASentenceAndItsName() {
        #expect(FileError(errno: ENOSPC).description == "no space left on device (ENOSPC)")
        #expect(FileError(errno: 9999).description == "errno 9999")
    }
}
