//! A server on a port of its own that writes what it is told to, byte by byte, and closes the connection:
//! answers that no HTTP library would send.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

pub type Script = dyn Fn(&str) -> Vec<u8> + Send + Sync;

/// Serves until the process ends, and returns the URL. The script sees the head of a request.
pub fn serve(script: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let script: Arc<Script> = Arc::new(script);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let script = script.clone();
            thread::spawn(move || answer(stream, &*script));
        }
    });
    url
}

fn answer(mut stream: TcpStream, script: &Script) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or_default() == 0 {
            return;
        }
        head.push(byte[0]);
    }
    // Whoever asked may be gone.
    let _ = stream.write_all(&script(&String::from_utf8_lossy(&head)));
}

/// A whole answer in HTTP/1.1, after which the connection is closed.
pub fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    out
}
