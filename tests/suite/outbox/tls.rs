//! A receiver behind TLS: heard where its certificate is believed, and told nothing where it is not.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;

use super::*;
use crate::process::Process;
use crate::python::python;
use crate::station::agent;

/// Says its port, and then the body of each call.
const SERVER: &str = "
import http.server, ssl, sys
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print(self.rfile.read(int(self.headers['content-length'])).decode(), flush=True)
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
";

struct Server(Child, BufReader<ChildStdout>);

impl Server {
    fn start(folder: &Path) -> Server {
        let mut certify = Command::new("openssl");
        certify.current_dir(folder).args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=receiver"]);
        certify.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "key.pem"]);
        certify.args(["-out", "cert.pem", "-addext", "subjectAltName=IP:127.0.0.1"]);
        certify.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        let certified = certify.output().unwrap();
        assert!(certified.status.success(), "{}", String::from_utf8_lossy(&certified.stderr));
        let mut server = Command::new(python());
        let mut child = server.current_dir(folder).args(["-c", SERVER]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Server(child, lines)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_receiver_is_told_where_its_certificate_is_believed() {
    let database = Database::with(&positions(1));
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let url = format!("https://127.0.0.1:{}/", server.line());
    let certificate = folder.path().join("cert.pem").to_str().unwrap().to_owned();
    let intranet = ("EC_STATION_OUTBOX_PRIVATE_ADDRESSES", "true");
    let station = Process::serve(&database, &[intranet]);
    let callback = json!({ "url": url, "method": "POST", "field": "data" });
    let body = json!({ "data": { "ente_pa": COMUNE, "avviso_pa": nav(0), "callback": callback } }).to_string();
    let post = |path: &str, kind: &str, body: &str| {
        let call = agent().post(format!("{}{path}", station.url)).header("Content-Type", kind).send(body);
        assert_eq!(call.unwrap().status(), 200, "{path}");
    };
    post("/pay/PagoPA", "application/json", &body);
    post("/soap/paForNode", "text/xml", &a_receipt_for(&nav(0)).v2());
    let tried = "SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) FROM outbox_message";
    wait_until("an attempt", PATIENCE, || database.count(tried) == 1);
    let trouble = database.text("SELECT trouble FROM outbox_message");
    assert!(trouble.contains("certificate"), "{trouble}");
    drop(station);
    database.change("UPDATE outbox_message SET next_at = created_at");
    let _station = Process::serve(&database, &[intranet, ("SSL_CERT_FILE", &certificate)]);
    let heard = server.line();
    assert!(heard.starts_with("data=%7B%22_id%22"), "{heard}");
    let heard = "SELECT COUNT(*) FROM outbox_message WHERE delivered_at IS NOT NULL";
    wait_until("it is noted", PATIENCE, || database.count(heard) == 1);
}
