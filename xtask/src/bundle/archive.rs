//! Archives that depend on the program inside and on nothing else.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The entry that the runtime `provided.al2023` starts.
pub(super) const ENTRY: &str = "bootstrap";

/// Packs the program as the one executable entry `bootstrap`, with `compression` from 1 to 9. Date and mode are fixed, so that
/// equal programs give equal archives.
///
/// # Errors
/// When the program is too large for an archive.
pub(super) fn pack(program: &[u8], compression: i64) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(compression))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(ENTRY, options)?;
    archive.write_all(program)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read as _;

    use super::*;

    #[test]
    fn equal_programs_give_equal_archives_with_one_executable_entry() {
        let program = b"program".repeat(10_000);
        let first = pack(&program, 9).unwrap();
        assert_eq!(first, pack(&program, 9).unwrap());
        assert_ne!(first, pack(b"another", 9).unwrap());

        let mut archive = zip::ZipArchive::new(Cursor::new(first)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name(ENTRY).unwrap();
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o7777), Some(0o755));
        assert_eq!(entry.last_modified().map(|date| date.to_string()), Some("1980-01-01 00:00:00".to_owned()));
        let mut unpacked = Vec::new();
        entry.read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, program);
    }
}
