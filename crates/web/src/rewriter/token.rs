//! What JavaScript may ask of a token, and what the tokens do then.

use holdfast_engine::suspend;
use lol_html::HandlerResult;
use lol_html::html_content::{
    Comment, ContentType, Doctype, DocumentEnd, Element, EndTag, StreamingHandler,
    StreamingHandlerSink, TextChunk,
};

use super::{Command, Event, Kind};

/// One operation on a token.
pub(super) enum Change {
    Get(Field),
    Set(Field, String),
    Attribute(String),
    HasAttribute(String),
    SetAttribute(String, String),
    RemoveAttribute(String),
    /// The attribute at a place.
    AttributeAt(usize),
    Insert(Place, Content),
    Remove,
    RemoveAndKeepContent,
    /// The end tag is to be given to the handler of this number, and to no other one.
    OnEndTag(u32),
}

/// What a token tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// A tag's or a doctype's name.
    Name,
    NamespaceUri,
    Removed,
    Text,
    LastInTextNode,
    PublicId,
    SystemId,
}

impl Field {
    /// By the number that `js/html_rewriter/tokens.js` knows it by.
    pub(super) fn from_number(number: i32) -> Option<Field> {
        Some(match number {
            0 => Field::Name,
            1 => Field::NamespaceUri,
            2 => Field::Removed,
            3 => Field::Text,
            4 => Field::LastInTextNode,
            5 => Field::PublicId,
            6 => Field::SystemId,
            _ => return None,
        })
    }
}

/// Where content goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    After,
    Prepend,
    Append,
    Replace,
    Inner,
}

impl Place {
    /// By the number that `js/html_rewriter/tokens.js` knows it by.
    pub(super) fn from_number(number: i32) -> Option<Place> {
        Some(match number {
            0 => Place::Before,
            1 => Place::After,
            2 => Place::Prepend,
            3 => Place::Append,
            4 => Place::Replace,
            5 => Place::Inner,
            _ => return None,
        })
    }
}

/// What is put into a document.
pub(super) enum Content {
    Text(String, ContentType),
    /// The stream of this number, whose chunks are asked for when their place is reached.
    Stream(u32, ContentType),
}

/// What an operation gives.
pub(super) enum Reply {
    Nothing,
    Null,
    Flag(bool),
    Text(String),
    Pair(String, String),
    /// It cannot be done, with `lol_html`'s text.
    Failed(String),
    /// This token has no such operation: a mistake of ours.
    Unknown,
}

impl Reply {
    fn optional(text: Option<String>) -> Reply {
        text.map_or(Reply::Null, Reply::Text)
    }

    fn of<E: ToString>(result: Result<(), E>) -> Reply {
        match result {
            Ok(()) => Reply::Nothing,
            Err(error) => Reply::Failed(error.to_string()),
        }
    }
}

/// A token that operations can be carried out on.
pub(super) trait Token {
    const KIND: Kind;

    fn apply(&mut self, change: Change) -> Reply;
}

/// Gives the token to a handler in JavaScript until that is done with it.
pub(super) fn give<T: Token>(token: &mut T, handler: u32) -> HandlerResult {
    let mut event = Event::Token(T::KIND, handler);
    loop {
        match suspend::<Command, Event>(event) {
            Command::Change(change) => event = Event::Reply(token.apply(change)),
            Command::Continue => return Ok(()),
            // Operations give nothing else to a fiber that has said it is at a token.
            Command::Input(_) | Command::End => event = Event::Reply(Reply::Unknown),
        }
    }
}

/// Writes what JavaScript reads from a stream, when `lol_html` has come to its place.
fn stream(number: u32, content_type: ContentType) -> Box<dyn StreamingHandler + Send> {
    let write = move |sink: &mut StreamingHandlerSink<'_>| -> HandlerResult {
        while let Command::Input(chunk) = suspend::<Command, Event>(Event::NeedContent(number)) {
            sink.write_utf8_chunk(&chunk, content_type)?;
        }
        Ok(())
    };
    write.into()
}

/// Inserts content by the method for strings or the one for streams.
macro_rules! insert {
    ($token:expr, $content:expr, $string:ident, $streaming:ident) => {
        match $content {
            Content::Text(text, content_type) => $token.$string(&text, content_type),
            Content::Stream(number, content_type) => {
                $token.$streaming(stream(number, content_type));
            }
        }
    };
}

impl Token for Element<'_, '_> {
    const KIND: Kind = Kind::Element;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Get(Field::Name) => return Reply::Text(self.tag_name()),
            Change::Get(Field::NamespaceUri) => {
                return Reply::Text(self.namespace_uri().to_owned());
            }
            Change::Get(Field::Removed) => return Reply::Flag(self.removed()),
            Change::Set(Field::Name, name) => return Reply::of(self.set_tag_name(&name)),
            Change::Attribute(name) => return Reply::optional(self.get_attribute(&name)),
            Change::HasAttribute(name) => return Reply::Flag(self.has_attribute(&name)),
            Change::SetAttribute(name, value) => {
                return Reply::of(self.set_attribute(&name, &value));
            }
            Change::AttributeAt(index) => {
                return match self.attributes().get(index) {
                    Some(attribute) => Reply::Pair(attribute.name(), attribute.value()),
                    None => Reply::Null,
                };
            }
            Change::OnEndTag(handler) => {
                let Some(handlers) = self.end_tag_handlers() else {
                    return Reply::Failed("No end tag.".to_owned());
                };
                // As workerd has it: the last one that was given is the one.
                handlers.clear();
                handlers.push(Box::new(move |end: &mut EndTag<'_>| give(end, handler)));
            }
            Change::RemoveAttribute(name) => self.remove_attribute(&name),
            Change::Remove => self.remove(),
            Change::RemoveAndKeepContent => self.remove_and_keep_content(),
            Change::Insert(place, content) => match place {
                Place::Before => insert!(self, content, before, streaming_before),
                Place::After => insert!(self, content, after, streaming_after),
                Place::Prepend => insert!(self, content, prepend, streaming_prepend),
                Place::Append => insert!(self, content, append, streaming_append),
                Place::Replace => insert!(self, content, replace, streaming_replace),
                Place::Inner => {
                    insert!(
                        self,
                        content,
                        set_inner_content,
                        streaming_set_inner_content
                    );
                }
            },
            Change::Get(_) | Change::Set(..) => return Reply::Unknown,
        }
        Reply::Nothing
    }
}

impl Token for EndTag<'_> {
    const KIND: Kind = Kind::EndTag;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Get(Field::Name) => return Reply::Text(self.name()),
            Change::Set(Field::Name, name) => self.set_name_str(name),
            Change::Remove => self.remove(),
            Change::Insert(Place::Before, content) => {
                insert!(self, content, before, streaming_before)
            }
            Change::Insert(Place::After, content) => insert!(self, content, after, streaming_after),
            _ => return Reply::Unknown,
        }
        Reply::Nothing
    }
}

impl Token for TextChunk<'_> {
    const KIND: Kind = Kind::Text;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Get(Field::Text) => return Reply::Text(self.as_str().to_owned()),
            Change::Get(Field::LastInTextNode) => return Reply::Flag(self.last_in_text_node()),
            Change::Get(Field::Removed) => return Reply::Flag(self.removed()),
            Change::Remove => self.remove(),
            Change::Insert(Place::Before, content) => {
                insert!(self, content, before, streaming_before)
            }
            Change::Insert(Place::After, content) => insert!(self, content, after, streaming_after),
            Change::Insert(Place::Replace, content) => {
                insert!(self, content, replace, streaming_replace);
            }
            _ => return Reply::Unknown,
        }
        Reply::Nothing
    }
}

impl Token for Comment<'_> {
    const KIND: Kind = Kind::Comment;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Get(Field::Text) => return Reply::Text(self.text()),
            Change::Get(Field::Removed) => return Reply::Flag(self.removed()),
            Change::Set(Field::Text, text) => return Reply::of(self.set_text(&text)),
            Change::Remove => self.remove(),
            Change::Insert(Place::Before, content) => {
                insert!(self, content, before, streaming_before)
            }
            Change::Insert(Place::After, content) => insert!(self, content, after, streaming_after),
            Change::Insert(Place::Replace, content) => {
                insert!(self, content, replace, streaming_replace);
            }
            _ => return Reply::Unknown,
        }
        Reply::Nothing
    }
}

impl Token for Doctype<'_> {
    const KIND: Kind = Kind::Doctype;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Get(Field::Name) => Reply::optional(self.name()),
            Change::Get(Field::PublicId) => Reply::optional(self.public_id()),
            Change::Get(Field::SystemId) => Reply::optional(self.system_id()),
            _ => Reply::Unknown,
        }
    }
}

impl Token for DocumentEnd<'_> {
    const KIND: Kind = Kind::DocumentEnd;

    fn apply(&mut self, change: Change) -> Reply {
        match change {
            Change::Insert(Place::Append, Content::Text(text, content_type)) => {
                self.append(&text, content_type);
                Reply::Nothing
            }
            _ => Reply::Unknown,
        }
    }
}
