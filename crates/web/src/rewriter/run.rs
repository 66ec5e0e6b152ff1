//! The function that a rewriter's fiber runs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::suspend;
use lol_html::html_content::{Comment, Doctype, DocumentEnd, Element, TextChunk};
use lol_html::{
    AsciiCompatibleEncoding, DocumentContentHandlers, ElementContentHandlers, HtmlRewriter,
    MemorySettings, Selector, Settings,
};

use super::token::give;
use super::{Command, Event, OUTPUT_BYTES, PARSER_BYTES_MAX};

/// Which handlers are there, at a selector or for the document. The place in the list is the number by which
/// JavaScript knows them.
pub(super) struct Handlers {
    /// `None` for the document.
    pub(super) selector: Option<Rc<Selector>>,
    pub(super) element: bool,
    pub(super) text: bool,
    pub(super) comments: bool,
    pub(super) doctype: bool,
    pub(super) end: bool,
}

/// Output that nobody has taken yet.
pub(super) type Output = Rc<RefCell<Vec<u8>>>;

/// Rewrites the input that it is given until that ends. The first command says no more than "begin".
pub(super) fn run(
    handlers: &[Handlers],
    encoding: AsciiCompatibleEncoding,
    output: &Output,
) -> Event {
    let sink = |chunk: &[u8]| {
        let full = {
            let mut output = output.borrow_mut();
            output.extend_from_slice(chunk);
            output.len() >= OUTPUT_BYTES
        };
        if full {
            suspend::<Command, Event>(Event::OutputFull);
        }
    };
    let mut rewriter = HtmlRewriter::new(settings(handlers, encoding), sink);
    while let Command::Input(chunk) = suspend::<Command, Event>(Event::NeedInput) {
        if let Err(error) = rewriter.write(&chunk) {
            return Event::Over(Err(error.to_string()));
        }
    }
    Event::Over(rewriter.end().map_err(|error| error.to_string()))
}

fn settings<'a>(handlers: &'a [Handlers], encoding: AsciiCompatibleEncoding) -> Settings<'a, 'a> {
    let memory = MemorySettings::new().with_max_allowed_memory_usage(PARSER_BYTES_MAX);
    let mut settings = Settings::new()
        .with_encoding(encoding)
        .with_memory_settings(memory)
        .with_strict(true);
    for (number, at) in (0..).zip(handlers) {
        settings = match &at.selector {
            Some(selector) => settings.append_element_content_handler((
                Cow::Borrowed(&**selector),
                at_selector(number, at),
            )),
            None => settings.append_document_content_handler(in_document(number, at)),
        };
    }
    settings
}

fn at_selector<'a>(number: u32, at: &Handlers) -> ElementContentHandlers<'a> {
    let mut handlers = ElementContentHandlers::default();
    if at.element {
        handlers = handlers.element(move |token: &mut Element<'_, '_>| give(token, number));
    }
    if at.text {
        handlers = handlers.text(move |token: &mut TextChunk<'_>| give(token, number));
    }
    if at.comments {
        handlers = handlers.comments(move |token: &mut Comment<'_>| give(token, number));
    }
    handlers
}

fn in_document<'a>(number: u32, at: &Handlers) -> DocumentContentHandlers<'a> {
    let mut handlers = DocumentContentHandlers::default();
    if at.doctype {
        handlers = handlers.doctype(move |token: &mut Doctype<'_>| give(token, number));
    }
    if at.text {
        handlers = handlers.text(move |token: &mut TextChunk<'_>| give(token, number));
    }
    if at.comments {
        handlers = handlers.comments(move |token: &mut Comment<'_>| give(token, number));
    }
    if at.end {
        handlers = handlers.end(move |token: &mut DocumentEnd<'_>| give(token, number));
    }
    handlers
}
