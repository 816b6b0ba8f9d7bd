//! The wire between a client and the S3 server: it keeps a log, and fails as it is told to.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::service::{S3Service, S3ServiceBuilder};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Line {
    pub method: String,
    /// Path and query, percent-encoded.
    pub target: String,
    pub payer: bool,
    /// The access key id of who asks; `None`: not signed.
    pub signer: Option<String>,
}

impl Line {
    pub fn is_get_of(&self, key: &str) -> bool {
        self.method == "GET" && self.target.split('?').next().is_some_and(|path| path.ends_with(key))
    }
}

/// What happens to the answer of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Busy,
    Broken,
    /// Half of the body, then the connection ends.
    Cut,
    /// Half of the body, and a header that calls it whole.
    Short,
    /// In many small pieces.
    Slow,
    /// Half of the body, and then nothing any more.
    Stalled,
    /// None at all.
    Silence,
    /// The connection is reset before anything is answered.
    Reset,
}

/// What is made of an answer before it is sent: its headers, and its body.
type Edit = dyn Fn(&mut hyper::http::response::Parts, &mut Vec<u8>) + Send + Sync;

/// An error in place of an answer.
#[derive(Clone)]
struct Scripted {
    text: String,
    status: u16,
    code: &'static str,
    message: String,
    times: usize,
}

#[derive(Default)]
pub struct Wire {
    log: Mutex<Vec<Line>>,
    sent: AtomicU64,
    requests: AtomicUsize,
    /// Every n-th request fails, in turn with each fault; 0: none.
    every: AtomicUsize,
    answers: Mutex<Vec<Scripted>>,
    faults: Mutex<VecDeque<(String, Fault)>>,
    region: Mutex<Option<&'static str>>,
    /// By method and a part of the target.
    edits: Mutex<Vec<(&'static str, String, Arc<Edit>)>>,
    /// Of a hundred requests, these meet a reset.
    resets: AtomicUsize,
}

impl Wire {
    /// Answers to requests of the method, whose target contains the text, are changed before they are sent.
    /// A `Content-Length` that is not touched stays true; without one, the body is sent in chunks.
    pub fn edit(
        &self,
        method: &'static str,
        text: &str,
        edit: impl Fn(&mut hyper::http::response::Parts, &mut Vec<u8>) + Send + Sync + 'static,
    ) {
        self.edits.lock().unwrap().push((method, text.to_owned(), Arc::new(edit)));
    }

    /// The same for the text of an answer.
    pub fn edit_text(&self, method: &'static str, text: &str, edit: impl Fn(String) -> String + Send + Sync + 'static) {
        self.edit(method, text, move |_, body| {
            *body = edit(String::from_utf8(std::mem::take(body)).unwrap()).into_bytes();
        });
    }

    /// Answers of the method leave a header out.
    pub fn leave_out(&self, method: &'static str, text: &str, header: &'static str) {
        self.edit(method, text, move |parts, _| {
            parts.headers.remove(header);
        });
    }

    /// That many of a hundred requests are reset, as if by chance, and each time the same ones.
    pub fn reset_share(&self, percent: usize) {
        self.resets.store(percent, Ordering::Relaxed);
    }

    pub fn fail_every(&self, n: usize) {
        self.every.store(n, Ordering::Relaxed);
    }

    /// Requests whose target contains the text are answered with an error for good.
    pub fn answer(&self, text: &str, status: u16, code: &'static str) {
        self.script(text, status, code, "no", usize::MAX);
    }

    /// The same, so many times.
    pub fn answer_times(&self, text: &str, status: u16, code: &'static str, times: usize) {
        self.script(text, status, code, "no", times);
    }

    /// The same, in words.
    pub fn answer_with(&self, text: &str, status: u16, code: &'static str, message: &str) {
        self.script(text, status, code, message, usize::MAX);
    }

    fn script(&self, text: &str, status: u16, code: &'static str, message: &str, times: usize) {
        let (text, message) = (text.to_owned(), message.to_owned());
        self.answers.lock().unwrap().push(Scripted { text, status, code, message, times });
    }

    fn scripted(&self, target: &str) -> Option<Scripted> {
        let mut answers = self.answers.lock().unwrap();
        let scripted = answers.iter_mut().find(|scripted| scripted.times > 0 && target.contains(&scripted.text))?;
        scripted.times -= 1;
        Some(scripted.clone())
    }

    /// The next request whose target contains the text meets the fault.
    pub fn fail_once(&self, text: &str, fault: Fault) {
        self.faults.lock().unwrap().push_back((text.to_owned(), fault));
    }

    /// Takes requests only that are signed for this region.
    pub fn demand_region(&self, region: &'static str) {
        *self.region.lock().unwrap() = Some(region);
    }

    pub fn log(&self) -> Vec<Line> {
        self.log.lock().unwrap().clone()
    }

    /// Bytes of all bodies.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub fn forget(&self) {
        self.log.lock().unwrap().clear();
        self.sent.store(0, Ordering::Relaxed);
    }

    fn fault(&self, target: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        if let Some(index) = faults.iter().position(|(text, _)| target.contains(text)) {
            return faults.remove(index).map(|(_, fault)| fault);
        }
        let (count, every) = (self.requests.fetch_add(1, Ordering::Relaxed) + 1, self.every.load(Ordering::Relaxed));
        let chance = (count as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        if chance % 100 < self.resets.load(Ordering::Relaxed) as u64 {
            return Some(Fault::Reset);
        }
        let all = [Fault::Busy, Fault::Cut, Fault::Short, Fault::Broken, Fault::Slow];
        (every > 0 && count.is_multiple_of(every)).then(|| all[count / every % all.len()])
    }
}

type Answer = Response<BoxBody<Bytes, io::Error>>;

/// Serves on a port of its own, and returns the URL.
pub async fn serve(builder: S3ServiceBuilder, wire: &Arc<Wire>) -> String {
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let wire = wire.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A connection that is dropped is reset, not closed.
            stream.set_zero_linger().unwrap();
            let (service, wire) = (service.clone(), wire.clone());
            tokio::spawn(async move {
                let answer = hyper::service::service_fn(move |request| {
                    let (service, wire) = (service.clone(), wire.clone());
                    async move { answer(&service, &wire, request).await }
                });
                let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
    url
}

/// An error resets the connection.
async fn answer(service: &S3Service, wire: &Wire, request: Request<Incoming>) -> io::Result<Answer> {
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let head = request.method() == hyper::Method::HEAD;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let signature = header(AUTHORIZATION.as_str());
    wire.log.lock().unwrap().push(Line {
        method: request.method().to_string(),
        target: target.clone(),
        payer: header("x-amz-request-payer").is_some(),
        signer: signature.as_deref().and_then(signer),
    });
    let region = *wire.region.lock().unwrap();
    if let Some(region) = region
        && signature.is_none_or(|signature| !signature.contains(&format!("/{region}/s3/")))
    {
        let mut answer = error(301, "PermanentRedirect", "no", head);
        answer.headers_mut().insert("x-amz-bucket-region", region.parse().unwrap());
        return Ok(answer);
    }
    if let Some(Scripted { status, code, message, .. }) = wire.scripted(&target) {
        return Ok(error(status, code, &message, head));
    }
    let method = request.method().to_string();
    let fault = wire.fault(&target);
    match fault {
        Some(Fault::Busy) => return Ok(error(503, "SlowDown", "no", head)),
        Some(Fault::Broken) => return Ok(error(500, "InternalError", "no", head)),
        Some(Fault::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::Silence) => std::future::pending().await,
        _ => {}
    }
    let response = service.call(request.map(s3s::Body::from)).await.unwrap();
    let (mut parts, body) = response.into_parts();
    let mut bytes = body.collect().await.unwrap().to_bytes();
    let edits = wire.edits.lock().unwrap().clone();
    for (_, _, edit) in edits.iter().filter(|(by, text, _)| *by == method && target.contains(text)) {
        let (before, mut body) = (parts.headers.get(CONTENT_LENGTH).cloned(), bytes.to_vec());
        edit(&mut parts, &mut body);
        if !head
            && body.len() != bytes.len()
            && before.is_some()
            && before.as_ref() == parts.headers.get(CONTENT_LENGTH)
        {
            parts.headers.insert(CONTENT_LENGTH, body.len().into());
        }
        bytes = body.into();
    }
    let half = bytes.slice(..bytes.len() / 2);
    let pieces: Vec<io::Result<Bytes>> = match fault {
        Some(Fault::Cut) if !head => {
            parts.headers.insert(CONTENT_LENGTH, bytes.len().into());
            vec![Ok(half), Err(io::ErrorKind::ConnectionReset.into())]
        }
        Some(Fault::Short) if !head => {
            parts.headers.insert(CONTENT_LENGTH, half.len().into());
            vec![Ok(half)]
        }
        Some(Fault::Stalled) if !head => {
            parts.headers.insert(CONTENT_LENGTH, bytes.len().into());
            vec![Ok(half.clone()), Ok(bytes.slice(half.len()..))]
        }
        Some(Fault::Slow) => bytes.chunks(bytes.len().div_ceil(20).max(1)).map(|c| Ok(bytes.slice_ref(c))).collect(),
        _ => vec![Ok(bytes)],
    };
    wire.sent.fetch_add(pieces.iter().flatten().map(|piece| piece.len() as u64).sum(), Ordering::Relaxed);
    let pause = (fault == Some(Fault::Slow)).then(|| std::time::Duration::from_millis(5));
    let last = (fault == Some(Fault::Stalled)).then_some(1);
    if head && parts.headers.contains_key(CONTENT_LENGTH) {
        return Ok(Response::from_parts(parts, Full::new(Bytes::new()).map_err(|never| match never {}).boxed()));
    }
    Ok(Response::from_parts(parts, BodyExt::boxed(Pieces { pieces: pieces.into(), pause, sleep: None, last })))
}

/// Who signed, by the header `AWS4-HMAC-SHA256 Credential=ID/DATE/…`.
pub fn signer(header: &str) -> Option<String> {
    header.split_once("Credential=")?.1.split('/').next().map(ToOwned::to_owned)
}

fn error(status: u16, code: &str, message: &str, head: bool) -> Answer {
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let body = if head { Bytes::new() } else { Bytes::from(text) };
    let mut answer = Response::new(Full::new(body).map_err(|never| match never {}).boxed());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}

/// A body that comes piece by piece, and may break off.
struct Pieces {
    pieces: VecDeque<io::Result<Bytes>>,
    pause: Option<std::time::Duration>,
    /// With that many left, none comes any more.
    last: Option<usize>,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.last == Some(self.pieces.len()) {
            // Nobody wakes it.
            return Poll::Pending;
        }
        if let Some(pause) = self.pause {
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.sleep = None;
        }
        Poll::Ready(self.pieces.pop_front().map(|piece| piece.map(Frame::data)))
    }
}
