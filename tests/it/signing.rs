//! Signatures on papers: made by the program with a key file and with a SoftHSM token, judged by poppler's `pdfsig` and by qpdf.

use crate::support::{Folder, Register, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::thread;
use time::{Duration, OffsetDateTime};
use ureq::Agent;
use ureq::http::Request;

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

/// The program itself, serving a register with keys to sign with.
struct Program {
    child: Child,
    address: String,
    agent: Agent,
    _data: tempfile::TempDir,
}

impl Program {
    fn serve(register: &Register, keys: &Keys) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let data = tempfile::tempdir().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_diaba"))
            .env("SOFTHSM2_CONF", keys.path("softhsm.conf"))
            .args([
                "serve",
                "--log",
                "error",
                "--listen",
                &listen,
                "--database-url",
                &register.url(),
            ])
            .arg("--data-dir")
            .arg(data.path())
            .arg("--signers")
            .arg(keys.path("signers.toml"))
            .spawn()
            .unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        let address = format!("http://{listen}");
        for _ in 0..600 {
            let ready = agent.get(format!("{address}/readyz")).call();
            if ready.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
        Self {
            child,
            address,
            agent,
            _data: data,
        }
    }

    /// The status, the body and the paper's code of an answer.
    fn send(&self, method: &str, path: &str, token: &str, body: &[u8]) -> (u16, Vec<u8>, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("authorization", format!("Bearer {token}"));
        let answer = match method {
            "GET" => self.agent.run(request.body(()).unwrap()),
            _ => self.agent.run(request.body(body).unwrap()),
        };
        let mut answer = answer.unwrap();
        let link = answer.headers().get("link");
        let link = link.map_or("", |link| link.to_str().unwrap());
        let code = link.trim_start_matches("</api/v1/documents/");
        let code = code.split('>').next().unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        (status, answer.body_mut().read_to_vec().unwrap(), code)
    }

    fn signed(&self, code: &str, seat: &str, token: &str, file: &[u8]) -> (u16, Vec<u8>) {
        let path = format!("/api/v1/documents/{code}/signatures?as={seat}");
        let (status, body, _) = self.send("POST", &path, token, file);
        (status, body)
    }

    fn refused(&self, code: &str, seat: &str, token: &str, file: &[u8]) -> (u16, String) {
        let (status, body) = self.signed(code, seat, token, file);
        let problem: Value = serde_json::from_slice(&body).unwrap();
        (status, problem["code"].as_str().unwrap().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn token(register: &Register, name: &str, roles: &[&str]) -> String {
    let officer = policy::Officer {
        roles: roles.iter().map(|role| role.parse().unwrap()).collect(),
        ..policy::Officer::everywhere(name)
    };
    let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
    issue_token(&register.store, &Identity::Officer(officer), tomorrow)
        .await
        .unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told whole")]
fn the_server_signs_a_paper_for_who_made_it_and_for_the_office_and_nothing_else() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("one.geojson", &[square(1)])])
            .await;
        let keys = Keys::new();
        let (key, certificate, pin) = (
            keys.path("officer.key"),
            keys.path("officer.crt"),
            keys.path("pin"),
        );
        let signers = format!(
            "[office]\nmodule = {MODULE:?}\ntoken = \"mau\"\nkey = \"office\"\npin_file = {pin:?}\n\
             [officers.\"Trần Thị B\"]\nkey_file = {key:?}\ncertificate = {certificate:?}\n"
        );
        std::fs::write(keys.path("signers.toml"), signers).unwrap();
        let program = Program::serve(&register, &keys);
        let maker = token(&register, "Trần Thị B", &["officer", "approver"]).await;
        let head = token(&register, "Chi", &["approver"]).await;
        let other = token(&register, "Bình", &["officer"]).await;
        let parcel = "/api/v1/communes/99001/sheets/1/parcels/1";
        let parcel: Value =
            serde_json::from_slice(&program.send("GET", parcel, &maker, b"").1).unwrap();
        let extract = format!("/api/v1/parcels/{}/extract.pdf", parcel["parcel_id"]);
        let (_, paper, code) = program.send("GET", &extract, &maker, b"");
        assert_eq!(program.send("GET", &extract, &maker, b"").1, paper);

        let problem = |status: u16, code: &str| (status, code.to_owned());
        let altered = [&paper[..], b"\n"].concat();
        assert_eq!(
            program.refused(&code, "officer", &maker, &altered),
            problem(409, "another-file")
        );
        assert_eq!(
            program.refused(&code, "officer", &head, &paper),
            problem(403, "not-the-signer")
        );
        assert_eq!(
            program.refused(&code, "office", &maker, &paper),
            problem(403, "not-the-signer")
        );
        assert_eq!(program.signed(&code, "office", &other, &paper).0, 403);
        assert_eq!(
            program
                .signed("0000000000000000", "office", &head, &paper)
                .0,
            404
        );
        let (status, once) = program.signed(&code, "officer", &maker, &paper);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&once));
        assert_eq!(
            program.refused(&code, "officer", &maker, &once),
            problem(409, "signed-already")
        );
        assert_eq!(
            program.refused(&code, "office", &head, &paper),
            problem(409, "another-file")
        );

        // A token that does not answer signs nothing; put right, it signs without a restart.
        std::fs::write(keys.path("pin"), "9999\n").unwrap();
        assert_eq!(
            program.refused(&code, "office", &head, &once),
            problem(503, "signing-key-unavailable")
        );
        std::fs::write(keys.path("pin"), "1234\n").unwrap();
        let (status, twice) = program.signed(&code, "office", &head, &once);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&twice));
        assert!(twice.starts_with(&once) && once.starts_with(&paper));

        let file = folder.write("twice.pdf", &twice);
        let said = pdfsig(&file);
        assert_eq!(
            said.matches("Signature Validation: Signature is Valid.")
                .count(),
            2,
            "{said}"
        );
        keys.tool("qpdf", &["--check", file.to_str().unwrap()]);
        let signed = format!("/api/v1/documents/{code}/signed.pdf");
        assert_eq!(program.send("GET", &signed, &other, b"").1, twice);
        let known = program
            .send("GET", &format!("/api/v1/documents/{code}"), &other, b"")
            .1;
        let known: Value = serde_json::from_slice(&known).unwrap();
        let seats: Vec<_> = known["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| (&each["as"], &each["signer"]))
            .collect();
        assert_eq!(
            seats,
            [
                (&json!("officer"), &json!("Trần Thị B")),
                (&json!("office"), &json!("Văn phòng đăng ký đất đai"))
            ]
        );
        assert!(
            register
                .execute("delete from document_signature")
                .await
                .is_err()
        );

        // Whose key nobody told the server of.
        let (_, paper, code) = program.send("GET", &extract, &other, b"");
        assert_eq!(
            program.refused(&code, "officer", &other, &paper),
            problem(409, "no-signing-key")
        );
        assert_eq!(
            program
                .send(
                    "GET",
                    &format!("/api/v1/documents/{code}/signed.pdf"),
                    &other,
                    b""
                )
                .0,
            404
        );
    });
}
