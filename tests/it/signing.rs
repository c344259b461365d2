//! Signatures on papers: made by the program with a key file and with a SoftHSM token, judged by poppler's `pdfsig` and by qpdf.

use crate::support::{Folder, Register, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use time::{Duration, OffsetDateTime};

const AGENCY: &str = "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI";

/// Keys and a token in a folder of their own.
struct Keys(tempfile::TempDir);

impl Keys {
    fn new() -> Self {
        let keys = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(keys.path("tokens")).unwrap();
        let configuration = format!("directories.tokendir = {}\n", keys.path("tokens").display());
        std::fs::write(keys.path("softhsm.conf"), configuration).unwrap();
        std::fs::write(keys.path("pin"), "1234\n").unwrap();
        keys.make(
            "officer",
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "Trần Thị B",
        );
        keys.make(
            "office",
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "Văn phòng đăng ký đất đai",
        );
        keys.tool(
            "softhsm2-util",
            &[
                "--init-token",
                "--free",
                "--label",
                "mau",
                "--so-pin",
                "0000",
                "--pin",
                "1234",
            ],
        );
        let key = keys.path("office.key").display().to_string();
        keys.tool(
            "softhsm2-util",
            &[
                "--import", &key, "--token", "mau", "--label", "office", "--id", "01", "--pin",
                "1234",
            ],
        );
        let certificate = keys.path("office.der").display().to_string();
        keys.tool(
            "openssl",
            &[
                "x509",
                "-in",
                &keys.path("office.crt").display().to_string(),
                "-outform",
                "DER",
                "-out",
                &certificate,
            ],
        );
        keys.tool(
            "pkcs11-tool",
            &[
                "--module",
                MODULE,
                "--login",
                "--pin",
                "1234",
                "--token-label",
                "mau",
                "--write-object",
                &certificate,
                "--type",
                "cert",
                "--id",
                "01",
                "--label",
                "office",
            ],
        );
        keys
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn make(&self, name: &str, kind: &[&str], subject: &str) {
        use std::os::unix::fs::PermissionsExt;
        let key = self.path(&format!("{name}.key")).display().to_string();
        let certificate = self.path(&format!("{name}.crt")).display().to_string();
        self.tool("openssl", &[&["genpkey"], kind, &["-out", &key]].concat());
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        let subject = format!("/CN={subject}/C=VN");
        self.tool(
            "openssl",
            &[
                "req",
                "-new",
                "-x509",
                "-key",
                &key,
                "-out",
                &certificate,
                "-days",
                "30",
                "-utf8",
                "-subj",
                &subject,
            ],
        );
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> Output {
        let output = Command::new(program)
            .env("SOFTHSM2_CONF", self.path("softhsm.conf"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        output
    }

    /// What signing a paper says.
    fn sign(&self, paper: &Path, out: &Path, rest: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_diaba"))
            .env("SOFTHSM2_CONF", self.path("softhsm.conf"))
            .arg("sign")
            .arg(paper)
            .arg("--out")
            .arg(out)
            .args(["--agency", AGENCY])
            .args(rest)
            .output()
            .unwrap()
    }
}

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// An extract as an officer gets it.
async fn extract(folder: &Folder) -> PathBuf {
    let register = Register::blank().await;
    register
        .load(&[folder.parcels("one.geojson", &[square(1)])])
        .await;
    let server = register.serve().await;
    let officer = Identity::Officer(policy::Officer::everywhere("Trần Thị B"));
    let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
    let token = issue_token(&register.store, &officer, tomorrow)
        .await
        .unwrap();
    let parcel = server
        .get_as(&token, "/api/v1/communes/99001/sheets/1/parcels/1")
        .json();
    let path = format!("/api/v1/parcels/{}/extract.pdf", parcel["parcel_id"]);
    folder.write("paper.pdf", server.get_as(&token, &path).body)
}

fn pdfsig(file: &Path) -> String {
    let output = Command::new("pdfsig")
        .arg("-nocert")
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn officer_and_office_sign_a_paper_one_after_the_other_and_both_signatures_hold() {
    run(async {
        let folder = Folder::new();
        let paper = extract(&folder).await;
        let keys = Keys::new();
        let (once, twice) = (keys.path("once.pdf"), keys.path("twice.pdf"));
        let (key, certificate) = (keys.path("officer.key"), keys.path("officer.crt"));
        let by_file = [
            "--as",
            "officer",
            "--key-file",
            key.to_str().unwrap(),
            "--certificate",
            certificate.to_str().unwrap(),
        ];
        let signed = keys.sign(&paper, &once, &by_file);
        assert!(signed.status.success(), "{signed:?}");
        let pin = keys.path("pin");
        let by_token = [
            "--as",
            "office",
            "--module",
            MODULE,
            "--token",
            "mau",
            "--key",
            "office",
            "--pin-file",
            pin.to_str().unwrap(),
        ];
        let signed = keys.sign(&once, &twice, &by_token);
        assert!(signed.status.success(), "{signed:?}");

        let (first, second) = (
            std::fs::read(&once).unwrap(),
            std::fs::read(&twice).unwrap(),
        );
        assert!(second.starts_with(&first) && first.starts_with(&std::fs::read(&paper).unwrap()));
        let said = pdfsig(&twice);
        assert_eq!(
            said.matches("Signature Validation: Signature is Valid.")
                .count(),
            2,
            "{said}"
        );
        for words in [
            "Trần Thị B",
            "Văn phòng đăng ký đất đai",
            "ETSI.CAdES.detached",
            "SHA-256",
            "  - Total document signed",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        keys.tool("qpdf", &["--check", twice.to_str().unwrap()]);
        let text = keys.tool("pdftotext", &["-layout", twice.to_str().unwrap(), "-"]);
        let text = String::from_utf8(text.stdout).unwrap();
        for words in [
            "Ký bởi: Trần Thị B",
            "Ký bởi: Văn phòng đăng ký đất đai",
            "Cơ quan: VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI",
            "+07:00",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }

        let again = keys.sign(&twice, &keys.path("again.pdf"), &by_file);
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(
            !again.status.success() && said.contains("the officer has signed this file already"),
            "{said}"
        );

        let mut forged = second;
        let place = forged.len() / 4;
        forged[place] ^= 1;
        let forged = folder.write("forged.pdf", forged);
        assert!(!pdfsig(&forged).contains("Signature is Valid."));
    });
}
