//! Contents kept as files, once each, under their SHA-256: written whole or not at all, and read only where they are what they were.

use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A folder of contents.
#[derive(Debug, Clone)]
pub struct Contents {
    folder: PathBuf,
}

impl Contents {
    /// The contents in a folder, which is made when the first comes.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a content; it is durable when this returns. Gives its digest.
    pub fn put(&self, content: &[u8]) -> io::Result<Vec<u8>> {
        let digest = Sha256::digest(content).to_vec();
        let path = self.path(&digest);
        if self.take(&digest)?.is_some() {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        sync(folder)?;
        sync(&self.folder)?;
        Ok(digest)
    }

    /// The content of a digest; nothing where it is not there.
    ///
    /// # Errors
    /// `InvalidData` where the file is not what was kept.
    pub fn take(&self, digest: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let content = match fs::read(self.path(digest)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            content => content?,
        };
        if Sha256::digest(&content).as_slice() != digest {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "a kept content has been changed",
            ));
        }
        Ok(Some(content))
    }

    fn path(&self, digest: &[u8]) -> PathBuf {
        let mut name = String::new();
        for byte in digest {
            name += &format!("{byte:02x}");
        }
        let shelf = name.get(..2).unwrap_or_default();
        self.folder.join(shelf).join(&name)
    }
}

/// Makes a folder's names durable.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_kept_once_and_a_changed_file_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let contents = Contents::new(folder.path().join("attachments"));
        let digest = contents.put(b"abc").unwrap();
        // FIPS 180-2, appendix B.1
        let name = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let path = folder.path().join("attachments/ba").join(name);
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!(contents.put(b"abc").unwrap(), digest);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert_eq!(
            contents.take(&digest).unwrap().as_deref(),
            Some(&b"abc"[..])
        );
        assert_eq!(contents.take(&[0; 32]).unwrap(), None);
        fs::write(&path, b"abd").unwrap();
        assert_eq!(
            contents.take(&digest).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
    }
}
