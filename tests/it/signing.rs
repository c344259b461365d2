//! Signatures on papers: made by the program with a key file and with a SoftHSM token, judged by poppler's `pdfsig` and by qpdf.

use crate::support::{Folder, Register, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
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
        keys.write_secret("pin", "1234\n");
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

    /// A file that its owner alone reads.
    fn write_secret(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
        self.open_to(name, 0o600);
    }

    fn open_to(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), mode).unwrap();
    }

    /// A certificate of the officer's key that holds between two moments.
    fn certify(&self, name: &str, from: &str, until: &str) {
        let folder = self.path(&format!("{name}-ca"));
        std::fs::create_dir(&folder).unwrap();
        let place = |file: &str| folder.join(file).display().to_string();
        let configuration = format!(
            "[ca]\ndefault_ca = it\n[it]\ndatabase = {}\nnew_certs_dir = {}\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n\
             [any]\ncommonName = supplied\n",
            place("index"),
            folder.display()
        );
        std::fs::write(place("index"), "").unwrap();
        std::fs::write(place("ca.conf"), configuration).unwrap();
        let key = self.path("officer.key").display().to_string();
        let request = place("request");
        let arguments = ["-new", "-key", &key, "-subj", "/CN=Old", "-out", &request];
        self.tool("openssl", &[&["req"], &arguments[..]].concat());
        let out = self.path(&format!("{name}.crt")).display().to_string();
        self.tool(
            "openssl",
            &[
                "ca",
                "-batch",
                "-selfsign",
                "-config",
                &place("ca.conf"),
                "-keyfile",
                &key,
                "-in",
                &request,
                "-out",
                &out,
                "-startdate",
                from,
                "-enddate",
                until,
                "-notext",
            ],
        );
    }

    fn make(&self, name: &str, kind: &[&str], subject: &str) {
        let key = self.path(&format!("{name}.key")).display().to_string();
        let certificate = self.path(&format!("{name}.crt")).display().to_string();
        self.tool("openssl", &[&["genpkey"], kind, &["-out", &key]].concat());
        self.open_to(&format!("{name}.key"), 0o600);
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

    /// A key with a certificate of more than its name.
    fn make_with(&self, name: &str, more: &[&str]) {
        let key = self.path(&format!("{name}.key")).display().to_string();
        let certificate = self.path(&format!("{name}.crt")).display().to_string();
        let subject = format!("/CN={name}");
        let arguments = [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &certificate,
            "-days",
            "30",
            "-subj",
            &subject,
        ];
        self.tool("openssl", &[&arguments[..], more].concat());
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
    data: tempfile::TempDir,
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
            data,
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

    /// The extract of the only parcel, with its code.
    fn extract(&self, token: &str) -> (Vec<u8>, String) {
        let parcel = "/api/v1/communes/99001/sheets/1/parcels/1";
        let parcel: Value =
            serde_json::from_slice(&self.send("GET", parcel, token, b"").1).unwrap();
        let extract = format!("/api/v1/parcels/{}/extract.pdf", parcel["parcel_id"]);
        let (_, paper, code) = self.send("GET", &extract, token, b"");
        (paper, code)
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

#[test]
fn neither_a_certificate_that_does_not_hold_nor_a_pin_that_others_may_read_signs_anything() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("one.geojson", &[square(1)])])
            .await;
        let keys = Keys::new();
        keys.certify("ended", "20200101000000Z", "20250101000000Z");
        keys.certify("coming", "20900101000000Z", "20910101000000Z");
        let (key, pin) = (keys.path("officer.key"), keys.path("pin"));
        let mut signers = format!(
            "[office]\nmodule = {MODULE:?}\ntoken = \"mau\"\nkey = \"office\"\npin_file = {pin:?}\n"
        );
        for name in ["ended", "coming"] {
            let certificate = keys.path(&format!("{name}.crt"));
            signers +=
                &format!("[officers.{name}]\nkey_file = {key:?}\ncertificate = {certificate:?}\n");
        }
        std::fs::write(keys.path("signers.toml"), signers).unwrap();
        let program = Program::serve(&register, &keys);
        let problem = |status: u16, code: &str| (status, code.to_owned());
        for name in ["ended", "coming"] {
            let officer = token(&register, name, &["officer"]).await;
            let (paper, code) = program.extract(&officer);
            assert_eq!(
                program.refused(&code, "officer", &officer, &paper),
                problem(409, "signing-certificate-not-valid")
            );
        }
        let maker = token(&register, "Bình", &["officer"]).await;
        let head = token(&register, "Chi", &["approver"]).await;
        let (paper, code) = program.extract(&maker);
        keys.open_to("pin", 0o640);
        assert_eq!(
            program.refused(&code, "office", &head, &paper),
            problem(503, "signing-key-unavailable")
        );
        let signed: i64 = register
            .value("select count(*) from document_signature")
            .await;
        assert_eq!(signed, 0);
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
        let file = folder.write("paper.pdf", &paper);
        let refused = keys.sign(&file, &keys.path("out.pdf"), &by_token);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("others may read or change it"), "{said}");
        keys.open_to("pin", 0o600);
        assert_eq!(program.signed(&code, "office", &head, &paper).0, 200);

        // A signed file that is lost is a fault of the office's, not a paper that nobody signed.
        std::fs::remove_dir_all(program.data.path().join("attachments")).unwrap();
        let lost = format!("/api/v1/documents/{code}/signed.pdf");
        assert_eq!(program.send("GET", &lost, &maker, b"").0, 500);
    });
}

/// A time-stamping authority: OpenSSL's, behind HTTP.
struct Authority {
    url: String,
}

impl Authority {
    fn open(keys: &Keys) -> Self {
        keys.make_with(
            "authority",
            &["-addext", "extendedKeyUsage=critical,timeStamping"],
        );
        let configuration = format!(
            "[tsa]\ndefault_tsa = it\n[it]\nserial = {}\ndefault_policy = 1.2.3.4.1\ndigests = sha256\nsigner_digest = sha256\n\
             ess_cert_id_alg = sha256\n",
            keys.path("serial").display()
        );
        std::fs::write(keys.path("tsa.conf"), configuration).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let folder = keys.0.path().to_owned();
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer_with_a_token(&mut stream.unwrap(), &folder);
            }
        });
        Self { url }
    }
}

fn answer_with_a_token(stream: &mut std::net::TcpStream, folder: &Path) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(digits) = line.to_lowercase().strip_prefix("content-length:") {
            length = digits.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut query = vec![0; length];
    reader.read_exact(&mut query).unwrap();
    std::fs::write(folder.join("query"), query).unwrap();
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(["ts", "-reply", "-config", "tsa.conf", "-queryfile", "query"])
        .args(["-signer", "authority.crt", "-inkey", "authority.key"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        output.stdout.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&output.stdout).unwrap();
}

/// The last signature in a file: DER without the zeros that fill its room.
fn last_signature(file: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let (_, digits) = text.rsplit_once("/Contents <").unwrap();
    let digits = digits.split('>').next().unwrap();
    let bytes = digits.as_bytes().chunks(2);
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = bytes.map(byte).collect();
    // SEQUENCE with two bytes of length.
    assert_eq!(bytes[..2], [0x30, 0x82]);
    let length = usize::from(bytes[2]) << 8 | usize::from(bytes[3]);
    bytes[..length + 4].to_vec()
}

/// A line of what OpenSSL says of DER: where a value stands, how long its head and its content are, and what it is.
fn parsed(keys: &Keys, der: &str) -> Vec<(usize, usize, usize, String)> {
    let said = keys.tool("openssl", &["asn1parse", "-inform", "DER", "-in", der]);
    let said = String::from_utf8(said.stdout).unwrap();
    let number = |line: &str, name: &str| -> usize {
        let (_, rest) = line.split_once(name).unwrap();
        let digits = rest
            .trim_start()
            .split(|letter: char| !letter.is_ascii_digit());
        digits.into_iter().next().unwrap().parse().unwrap()
    };
    let lines = said.lines().map(|line| {
        let offset = line.split(':').next().unwrap().trim().parse().unwrap();
        (
            offset,
            number(line, "hl="),
            number(line, " l="),
            line.to_owned(),
        )
    });
    lines.collect()
}

#[test]
fn a_signature_has_the_time_stamp_of_the_authority_that_is_named_or_there_is_none() {
    run(async {
        let folder = Folder::new();
        let paper = extract(&folder).await;
        let keys = Keys::new();
        let authority = Authority::open(&keys);
        let (key, certificate) = (keys.path("officer.key"), keys.path("officer.crt"));
        let by_file = |authority: &str| {
            let out = keys.path("stamped.pdf");
            let rest = [
                "--as",
                "officer",
                "--key-file",
                key.to_str().unwrap(),
                "--certificate",
                certificate.to_str().unwrap(),
                "--timestamps",
                authority,
            ];
            (keys.sign(&paper, &out, &rest), out)
        };
        // Nobody listens there: nothing is signed.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let nobody = format!("http://{}/tsa", free.local_addr().unwrap());
        drop(free);
        let (refused, out) = by_file(&nobody);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && said.contains("no time-stamp is to be had"),
            "{said}"
        );
        assert!(!out.exists());

        let (signed, out) = by_file(&authority.url);
        assert!(signed.status.success(), "{signed:?}");
        let said = pdfsig(&out);
        assert!(said.contains("Signature is Valid."), "{said}");
        keys.tool("qpdf", &["--check", out.to_str().unwrap()]);
        // OpenSSL finds the token to be the authority's, of the signature.
        let der = last_signature(&std::fs::read(&out).unwrap());
        let file = folder.write("signature.der", &der);
        let lines = parsed(&keys, file.to_str().unwrap());
        let place = lines
            .iter()
            .position(|line| line.3.contains("id-smime-aa-timeStampToken"));
        let place = place.unwrap();
        let (token, head, length, _) = &lines[place + 2];
        let token = folder.write("token.der", &der[*token..token + head + length]);
        let unsigned = lines[..place]
            .iter()
            .rposition(|line| line.3.contains("cont [ 1 ]"));
        let (value, head, length, kind) = &lines[unsigned.unwrap() - 1];
        assert!(kind.contains("OCTET STRING"), "{kind}");
        let signature = folder.write("signature", &der[value + head..value + head + length]);
        let verified = keys.tool(
            "openssl",
            &[
                "ts",
                "-verify",
                "-token_in",
                "-in",
                token.to_str().unwrap(),
                "-data",
                signature.to_str().unwrap(),
                "-CAfile",
                keys.path("authority.crt").to_str().unwrap(),
            ],
        );
        let said = String::from_utf8_lossy(&verified.stdout).into_owned()
            + &String::from_utf8_lossy(&verified.stderr);
        assert!(said.contains("Verification: OK"), "{said}");
    });
}
