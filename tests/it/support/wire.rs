//! The wire between a client and the S3 server: it keeps a log, and fails as it is told to.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::service::{S3Service, S3ServiceBuilder};
use std::collections::VecDeque;
use std::convert::Infallible;
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
}

#[derive(Default)]
pub struct Wire {
    log: Mutex<Vec<Line>>,
    sent: AtomicU64,
    requests: AtomicUsize,
    /// Every n-th request fails, in turn with each fault; 0: none.
    every: AtomicUsize,
    answers: Mutex<Vec<(String, u16, &'static str)>>,
    faults: Mutex<VecDeque<(String, Fault)>>,
    region: Mutex<Option<&'static str>>,
}

impl Wire {
    pub fn fail_every(&self, n: usize) {
        self.every.store(n, Ordering::Relaxed);
    }

    /// Requests whose target contains the text are answered with an error for good.
    pub fn answer(&self, text: &str, status: u16, code: &'static str) {
        self.answers.lock().unwrap().push((text.to_owned(), status, code));
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
            let (service, wire) = (service.clone(), wire.clone());
            tokio::spawn(async move {
                let answer = hyper::service::service_fn(move |request| {
                    let (service, wire) = (service.clone(), wire.clone());
                    async move { Ok::<_, Infallible>(answer(&service, &wire, request).await) }
                });
                let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
    url
}

async fn answer(service: &S3Service, wire: &Wire, request: Request<Incoming>) -> Answer {
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
        let mut answer = error(301, "PermanentRedirect", head);
        answer.headers_mut().insert("x-amz-bucket-region", region.parse().unwrap());
        return answer;
    }
    let scripted = wire.answers.lock().unwrap().iter().find(|(text, ..)| target.contains(text)).cloned();
    if let Some((_, status, code)) = scripted {
        return error(status, code, head);
    }
    let fault = wire.fault(&target);
    match fault {
        Some(Fault::Busy) => return error(503, "SlowDown", head),
        Some(Fault::Broken) => return error(500, "InternalError", head),
        Some(Fault::Silence) => std::future::pending().await,
        _ => {}
    }
    let response = service.call(request.map(s3s::Body::from)).await.unwrap();
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
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
    if head {
        return Response::from_parts(parts, Full::new(Bytes::new()).map_err(|never| match never {}).boxed());
    }
    Response::from_parts(parts, BodyExt::boxed(Pieces { pieces: pieces.into(), pause, sleep: None, last }))
}

/// Who signed, by the header `AWS4-HMAC-SHA256 Credential=ID/DATE/…`.
pub fn signer(header: &str) -> Option<String> {
    header.split_once("Credential=")?.1.split('/').next().map(ToOwned::to_owned)
}

fn error(status: u16, code: &str, head: bool) -> Answer {
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
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
