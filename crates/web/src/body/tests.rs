use std::rc::Rc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;

use super::{Body, BodyError, BodyStream, Coding, HostBody, channel, channel_of_length};

const LIMIT: usize = 1 << 20;

fn streamed(chunks: Vec<Result<&'static str, BodyError>>) -> Body {
    Body::Stream(BodyStream::new(
        stream::iter(chunks).map(|chunk| chunk.map(Bytes::from)),
    ))
}

async fn text(body: Body) -> Result<String, BodyError> {
    let bytes = body.collect(LIMIT).await?;
    Ok(String::from_utf8(bytes.into()).expect("the tests use text"))
}

#[tokio::test]
async fn collects_whatever_the_form() {
    assert_eq!(text(Body::Empty).await.unwrap(), "");
    assert_eq!(text(Body::from("abc".to_owned())).await.unwrap(), "abc");
    assert_eq!(
        text(streamed(vec![Ok("a"), Ok(""), Ok("bc")]))
            .await
            .unwrap(),
        "abc"
    );
    assert!(matches!(Body::from(Vec::new()), Body::Empty));
}

#[tokio::test]
async fn one_chunk_is_not_copied() {
    let bytes = Bytes::from(vec![7; 1000]);
    let address = bytes.as_ptr();
    let body = Body::Stream(BodyStream::once(bytes));
    assert_eq!(body.collect(LIMIT).await.unwrap().as_ptr(), address);
}

#[tokio::test]
async fn collect_keeps_to_its_limit() {
    assert_eq!(
        Body::from(vec![0; 4]).collect(3).await,
        Err(BodyError::TooLarge { limit: 3 })
    );
    assert_eq!(
        streamed(vec![Ok("ab"), Ok("cd")]).collect(3).await,
        Err(BodyError::TooLarge { limit: 3 })
    );
    assert_eq!(
        streamed(vec![Ok("ab"), Ok("c")]).collect(3).await.unwrap(),
        "abc"
    );
}

#[tokio::test]
async fn an_error_ends_the_collection() {
    let body = streamed(vec![Ok("ab"), Err(BodyError::ConnectionLost), Ok("c")]);
    assert_eq!(text(body).await, Err(BodyError::ConnectionLost));
}

#[tokio::test]
async fn a_finished_channel_is_a_whole_body() {
    let (sender, body) = channel(1);
    let feeding = async move {
        assert!(sender.send("one ".into()).await);
        assert!(sender.send("two".into()).await);
        sender.finish();
    };
    let (read, ()) = tokio::join!(text(body), feeding);
    assert_eq!(read.unwrap(), "one two");
}

#[tokio::test]
async fn a_dropped_sender_is_not_an_end() {
    let (sender, body) = channel(2);
    assert!(sender.send("half".into()).await);
    drop(sender);
    assert_eq!(text(body).await, Err(BodyError::ConnectionLost));
}

#[tokio::test]
async fn a_failure_comes_after_what_was_sent() {
    let (sender, body) = channel(2);
    assert!(sender.send("sent".into()).await);
    sender.fail(BodyError::Failed("boom".to_owned()));
    let mut stream = body.into_stream();
    assert_eq!(stream.next().await, Some(Ok("sent".into())));
    assert_eq!(
        stream.next().await,
        Some(Err(BodyError::Failed("boom".to_owned())))
    );
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn the_end_is_seen_while_a_watcher_still_holds_the_channel() {
    let (sender, body) = channel(2);
    let closed = sender.closed();
    assert!(sender.send("x".into()).await);
    sender.finish();
    assert_eq!(text(body).await.unwrap(), "x");
    closed.await;
}

#[tokio::test]
async fn a_full_channel_holds_the_sender_back() {
    let (sender, body) = channel(1);
    assert!(sender.send("1".into()).await);
    let mut second = std::pin::pin!(sender.send("2".into()));
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    let mut stream = body.into_stream();
    assert_eq!(stream.next().await, Some(Ok("1".into())));
    assert!(second.await);
}

#[tokio::test]
async fn a_sender_learns_that_nobody_reads() {
    let (sender, body) = channel(1);
    assert!(sender.send("1".into()).await);
    let blocked = sender.send_owned("2".into());
    drop(body);
    assert!(!blocked.await);
    sender.closed().await;
}

#[tokio::test]
async fn codings_there_and_back() {
    let content = "so it goes ".repeat(10_000);
    for coding in [Coding::Gzip, Coding::Brotli] {
        let encoded = Body::from(content.clone()).recoded(coding);
        assert_eq!(encoded.coding(), coding);
        assert_eq!(encoded.known_length(), None);
        let wire = encoded.collect_raw().await;
        assert!(
            wire.len() < content.len() / 10,
            "{coding:?} made {} bytes",
            wire.len()
        );
        let received = Body::Stream(BodyStream::once(wire.clone()).with_coding(coding));
        assert_eq!(text(received).await.unwrap(), content);
        // Passing through: the same bytes.
        let passed =
            Body::Stream(BodyStream::once(wire.clone()).with_coding(coding)).recoded(coding);
        assert_eq!(passed.known_length(), Some(wire.len() as u64));
        assert_eq!(passed.collect_raw().await, wire);
        // The header was removed: plain bytes.
        let plain =
            Body::Stream(BodyStream::once(wire).with_coding(coding)).recoded(Coding::Identity);
        assert_eq!(plain.collect_raw().await, content);
    }
}

impl Body {
    /// The bytes as they would go over the wire.
    async fn collect_raw(self) -> Bytes {
        BodyExt::collect(self)
            .await
            .expect("the body is whole")
            .to_bytes()
    }
}

#[tokio::test]
async fn gzip_may_have_several_members() {
    let mut wire = Body::from("one ".to_owned())
        .recoded(Coding::Gzip)
        .collect_raw()
        .await
        .to_vec();
    wire.extend(
        Body::from("two".to_owned())
            .recoded(Coding::Gzip)
            .collect_raw()
            .await,
    );
    let body = Body::Stream(BodyStream::once(wire.into()).with_coding(Coding::Gzip));
    assert_eq!(text(body).await.unwrap(), "one two");
}

#[tokio::test]
async fn undecodable_bytes_are_an_error() {
    for (coding, message) in [
        (Coding::Gzip, "Gzip decompression failed."),
        (Coding::Brotli, "Brotli decompression failed."),
    ] {
        let body = Body::Stream(BodyStream::once("xxxx".into()).with_coding(coding));
        let error = text(body).await.unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(error.is_type_error());
    }
}

#[tokio::test]
async fn a_truncated_gzip_body_is_an_error() {
    let wire = Body::from("word ".repeat(1000))
        .recoded(Coding::Gzip)
        .collect_raw()
        .await;
    let cut = wire.slice(..wire.len() - 4);
    let body = Body::Stream(BodyStream::once(cut).with_coding(Coding::Gzip));
    assert_eq!(text(body).await, Err(BodyError::Undecodable(Coding::Gzip)));
}

#[tokio::test]
async fn a_lost_connection_is_not_taken_for_bad_gzip() {
    let wire = Body::from("word ".repeat(1000))
        .recoded(Coding::Gzip)
        .collect_raw()
        .await;
    let chunks = vec![Ok(wire.slice(..10)), Err(BodyError::ConnectionLost)];
    let body = Body::Stream(BodyStream::new(stream::iter(chunks)).with_coding(Coding::Gzip));
    assert_eq!(text(body).await, Err(BodyError::ConnectionLost));
}

#[tokio::test]
async fn a_bomb_is_stopped_by_the_limit() {
    let zeros = Body::from(vec![0; 8 << 20])
        .recoded(Coding::Gzip)
        .collect_raw()
        .await;
    let body = Body::Stream(BodyStream::once(zeros).with_coding(Coding::Gzip));
    assert_eq!(
        body.collect(LIMIT).await,
        Err(BodyError::TooLarge { limit: LIMIT })
    );
}

#[test]
fn coding_names() {
    assert_eq!(Coding::named("gzip"), Coding::Gzip);
    assert_eq!(Coding::named(" GZIP "), Coding::Gzip);
    assert_eq!(Coding::named("br"), Coding::Brotli);
    for other in ["", "deflate", "zstd", "gzip, br", "identity"] {
        assert_eq!(Coding::named(other), Coding::Identity, "{other}");
    }
}

#[tokio::test]
async fn a_host_body_is_read_by_chunks() {
    let body = HostBody::new(streamed(vec![Ok("a"), Ok(""), Ok("b")]));
    assert_eq!(body.read().await, Ok(Some("a".into())));
    assert!(body.take().is_none(), "it has been touched");
    assert_eq!(body.read().await, Ok(Some("b".into())));
    assert_eq!(body.read().await, Ok(None));
    assert_eq!(body.read().await, Ok(None));
}

#[tokio::test]
async fn an_untouched_host_body_can_be_taken_once() {
    let body = HostBody::new(channel_of_length(1, 5).1);
    assert_eq!(body.known_length(), Some(5));
    assert_eq!(body.take().and_then(|body| body.known_length()), Some(5));
    assert!(body.take().is_none());
    assert_eq!(body.read().await, Ok(None));
}

#[tokio::test]
async fn the_length_of_coded_content_is_not_known() {
    let stream = BodyStream::once("xxxx".into()).with_coding(Coding::Gzip);
    assert_eq!(HostBody::new(Body::Stream(stream)).known_length(), None);
}

#[tokio::test]
async fn collecting_touches_at_once() {
    let body = HostBody::new(Body::from("abc".to_owned()));
    let collecting = body.collect();
    assert!(body.take().is_none());
    assert_eq!(&*collecting.await.unwrap(), b"abc");
}

#[tokio::test]
async fn cancelling_wakes_who_waits_and_drops_the_source() {
    let (sender, body) = channel(1);
    let body = HostBody::new(body);
    let waiting = body.read();
    let cancelling = {
        let body = Rc::clone(&body);
        async move { body.cancel() }
    };
    let (read, ()) = tokio::join!(waiting, cancelling);
    assert_eq!(read, Ok(None));
    sender.closed().await;
}

#[tokio::test]
async fn failing_reaches_who_waits_and_who_comes_later() {
    let (_sender, body) = channel(1);
    let body = HostBody::new(body);
    let waiting = body.collect();
    let failing = {
        let body = Rc::clone(&body);
        async move { body.fail(BodyError::Revoked("over")) }
    };
    let (read, ()) = tokio::join!(waiting, failing);
    assert_eq!(read.unwrap_err(), BodyError::Revoked("over"));
    assert_eq!(body.read().await, Err(BodyError::Revoked("over")));
    // What was read to its end cannot fail any more.
    let read = HostBody::new(Body::Empty);
    assert_eq!(read.read().await, Ok(None));
    read.fail(BodyError::ConnectionLost);
    assert_eq!(read.read().await, Ok(None));
}

mod multipart {
    use super::super::{MultipartError, parse_multipart};

    /// Name, file name, content type and value.
    type Field = (String, Option<String>, Option<String>, String);

    fn fields(body: &str) -> Result<Vec<Field>, MultipartError> {
        let parts = parse_multipart(body.as_bytes(), "xx")?;
        Ok(parts
            .into_iter()
            .map(|part| {
                let value = String::from_utf8(part.value.to_vec()).expect("the tests use text");
                (part.name, part.filename, part.content_type, value)
            })
            .collect())
    }

    fn one(body: &str) -> Field {
        let mut all = fields(body).unwrap();
        assert_eq!(all.len(), 1, "{body:?}");
        all.remove(0)
    }

    fn with_disposition(disposition: &str) -> String {
        format!("--xx\r\nContent-Disposition: {disposition}\r\n\r\nv\r\n--xx--")
    }

    #[test]
    fn values_and_files() {
        let body = "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n\
            --xx\r\ncontent-disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/x; q=1\r\n\r\nhi\r\n\r\n\
            --xx--\r\n";
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            fields(body).unwrap(),
            [
                ("a".to_owned(), None, None, "abc".to_owned()),
                (
                    "f".to_owned(),
                    some("x.txt"),
                    some("text/x; q=1"),
                    "hi\r\n".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn forgiving() {
        assert_eq!(fields("--xx--").unwrap(), []);
        assert_eq!(
            one("--xx\nContent-Disposition: form-data; name=\"a\"\n\nabc\n--xx--").3,
            "abc"
        );
        assert_eq!(
            one("hello\r\n--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n--xx--")
                .3,
            "abc"
        );
        assert_eq!(
            one("--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--xx--").3,
            ""
        );
        assert_eq!(
            one("--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--xx--").3,
            ""
        );
    }

    #[test]
    fn a_boundary_inside_a_line_is_content() {
        let body = "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nab --xx c\r\n--xx--";
        assert_eq!(one(body).3, "ab --xx c");
    }

    #[test]
    fn parameters() {
        let name = |disposition: &str| one(&with_disposition(disposition)).0;
        assert_eq!(name("form-data; name=\"a;b\""), "a;b");
        assert_eq!(name("form-data; name=\"a\\\"b\""), "a\"b");
        assert_eq!(name("form-data; name=\"C:\\temp\""), "C:\\temp");
        assert_eq!(name("form-data; name=\"f%22\""), "f%22");
        assert_eq!(name("form-data; name=plain"), "plain");
        assert_eq!(name("FORM-DATA; NAME=\"é\""), "é");
        assert_eq!(
            name("form-data; flag; other=1; name=\"a\"; name=\"b\""),
            "a"
        );
        assert_eq!(
            one(&with_disposition("form-data; name=\"a\"; filename=\"\"")).1,
            None
        );
        assert_eq!(
            one(&with_disposition(
                "form-data; name=\"a\"; filename*=UTF-8''x"
            ))
            .1,
            None
        );
    }

    #[test]
    fn refused() {
        let start = "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n";
        for (body, error) in [
            (String::new(), MultipartError::NoInitialBoundary),
            ("a=b".to_owned(), MultipartError::NoInitialBoundary),
            ("--xx \r\n".to_owned(), MultipartError::BadBoundaryEnd),
            ("--xx".to_owned(), MultipartError::BadBoundaryEnd),
            (start.to_owned(), MultipartError::NoNextBoundary),
            (format!("{start}--xx\r\n"), MultipartError::NoHeaderEnd),
            (
                "--xx\r\nContent-Type: a/b\r\n\r\nabc\r\n--xx--".to_owned(),
                MultipartError::NoDisposition,
            ),
            (
                with_disposition("attachment; name=\"a\""),
                MultipartError::NotFormData("attachment".to_owned()),
            ),
            (with_disposition("form-data"), MultipartError::NoName),
        ] {
            assert_eq!(fields(&body), Err(error), "{body:?}");
        }
    }
}
