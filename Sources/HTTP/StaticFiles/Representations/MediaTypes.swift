extension ContentType {
    /// What the web uses, a media type of the IANA registry a line, then its extensions.
    static let mediaTypes = """
        text/html html htm xhtm
        text/css css
        text/javascript js mjs cjs
        text/plain txt text log conf cfg ini diff patch asc nfo env
        text/markdown md markdown
        text/csv csv
        text/tab-separated-values tsv
        text/calendar ics
        text/vcard vcf
        text/vtt vtt
        text/x-python py
        text/x-c c h cc cpp hpp
        text/x-swift swift
        text/x-shellscript sh bash zsh
        text/x-rust rs
        text/x-go go
        text/x-java java
        text/x-yaml yaml yml
        text/x-toml toml
        text/x-tex tex
        text/x-sql sql
        text/x-typescript tsx
        application/json json map
        application/ld+json jsonld
        application/geo+json geojson
        application/feed+json jsonfeed
        application/manifest+json webmanifest
        application/x-ndjson ndjson jsonl
        application/xml xml xsd xsl
        application/xhtml+xml xhtml
        application/rss+xml rss
        application/atom+xml atom
        application/gpx+xml gpx
        application/vnd.google-earth.kml+xml kml
        application/vnd.google-earth.kmz kmz
        application/wasm wasm
        application/pdf pdf
        application/postscript ps eps ai
        application/rtf rtf
        application/epub+zip epub
        application/zip zip
        application/gzip gz tgz
        application/x-bzip2 bz2
        application/x-xz xz
        application/zstd zst
        application/x-brotli br
        application/x-7z-compressed 7z
        application/vnd.rar rar
        application/x-tar tar
        application/java-archive jar
        application/vnd.android.package-archive apk
        application/vnd.debian.binary-package deb
        application/x-rpm rpm
        application/x-iso9660-image iso
        application/x-apple-diskimage dmg
        application/x-msdownload exe dll
        application/x-msi msi
        application/vnd.sqlite3 sqlite sqlite3 db
        application/vnd.tcpdump.pcap pcap cap
        application/x-pcapng pcapng
        application/msword doc
        application/vnd.ms-excel xls
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.oasis.opendocument.presentation odp
        application/vnd.apple.mpegurl m3u8
        application/dash+xml mpd
        application/x-bittorrent torrent
        application/pgp-signature sig
        application/x-x509-ca-cert crt der cer
        application/x-pem-file pem
        application/vnd.ms-fontobject eot
        image/png png
        image/apng apng
        image/jpeg jpg jpeg jpe jfif
        image/gif gif
        image/webp webp
        image/avif avif
        image/jxl jxl
        image/heic heic
        image/heif heif
        image/svg+xml svg
        image/bmp bmp
        image/tiff tif tiff
        image/x-icon ico
        image/vnd.adobe.photoshop psd
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg oga ogg
        audio/opus opus
        audio/wav wav
        audio/flac flac
        audio/webm weba
        audio/midi mid midi
        audio/x-aiff aif aiff
        audio/x-mpegurl m3u
        video/mp4 mp4 m4v
        video/mpeg mpg mpeg
        video/webm webm
        video/ogg ogv
        video/quicktime mov
        video/x-matroska mkv
        video/x-msvideo avi
        video/3gpp 3gp
        video/3gpp2 3g2
        video/mp2t ts m2ts
        video/x-flv flv
        font/woff woff
        font/woff2 woff2
        font/ttf ttf
        font/otf otf
        font/collection ttc
        model/gltf+json gltf
        model/gltf-binary glb
        model/stl stl
        model/obj obj
        """

    /// Those not of text, XML or JSON that compress well all the same.
    static let compressible: Set<String> = [
        "application/json", "application/x-ndjson", "application/xml", "application/wasm",
        "application/postscript", "application/rtf", "application/vnd.ms-fontobject",
        "application/vnd.apple.mpegurl", "application/x-pem-file", "audio/x-mpegurl",
        "image/bmp", "image/x-icon", "font/ttf", "font/otf", "font/collection", "model/obj",
        "model/gltf-binary", "model/stl",
    ]
}
