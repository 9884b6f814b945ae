internal import ChatCore
internal import GRDB
internal import Glibc

/// What SQLite and the system say, in the archive's words.
enum StoreErrors {
    /// Runs something, and turns what it throws into a ``ChatStoreError``.
    static func translate<Value>(
        _ path: String,
        _ body: () throws -> Value
    ) throws(ChatStoreError) -> Value {
        do {
            return try body()
        } catch let error as ChatStoreError {
            throw error
        } catch let error as DatabaseError {
            throw translated(error, path)
        } catch let error as LogFormatError {
            throw ChatStoreError(.damaged, "\(path) is damaged: \(error)")
        } catch is RowDecodingError {
            throw ChatStoreError(.damaged, "\(path) is damaged: a value in it is of another type")
        } catch {
            throw ChatStoreError(.unavailable, "\(path): \(error)")
        }
    }

    /// An error number of the system.
    static func system(_ number: Int32, _ path: String) -> ChatStoreError {
        let code: ChatStoreError.Code =
            switch number {
            case ENOSPC, EDQUOT: .full
            case EACCES, EPERM, EROFS: .readOnly
            case EIO: .device
            default: .unavailable
            }
        return ChatStoreError(code, "\(path): \(words(number))")
    }

    /// strerror(3), whose memory another thread may not share.
    static func words(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                unsafe strerror_r(number, base, buffer.count) == 0
            else { return "error \(number)" }
            return unsafe String(cString: base)
        }
    }

    private static func translated(_ error: DatabaseError, _ path: String) -> ChatStoreError {
        let words = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return ChatStoreError(.full, "\(path): the disk is full")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return ChatStoreError(
                .damaged,
                "\(path) is damaged (\(words)): restore a backup, or save what can be read with "
                    + "sqlite3's .recover"
            )
        case .SQLITE_READONLY, .SQLITE_PERM:
            return ChatStoreError(.readOnly, "\(path) may not be written")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return ChatStoreError(.inUse, "\(path) is in use by another process")
        case .SQLITE_IOERR:
            // A quota says so by another number than a disk, and SQLite keeps neither apart.
            return ChatStoreError(.device, "\(path): the device failed (\(words))")
        case .SQLITE_CANTOPEN:
            return ChatStoreError(.unavailable, "\(path) cannot be opened (\(words))")
        default:
            return ChatStoreError(.unavailable, "\(path): \(words)")
        }
    }
}
