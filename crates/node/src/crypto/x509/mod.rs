//! X.509 certificates. OpenSSL reads and verifies them; how their parts are written, and which host one is for, is said
//! here, since OpenSSL's safe interface tells neither.

mod hosts;
mod names;

use std::net::IpAddr;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::crypto::key::Key;
use openssl::asn1::Asn1Object;
use openssl::nid::Nid;
use openssl::x509::{X509, X509VerifyResult};

use super::der::{self, BIT_STRING, BOOLEAN, OCTET_STRING, SEQUENCE, Value, constructed};
use super::{bytes_from_js, hash_from_js, key_from_js, key_to_js};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_x509_parse", 1, parse)
        .op("op_node_x509_text", 2, text)
        .op("op_node_x509_raw", 1, raw)
        .op("op_node_x509_fingerprint", 2, fingerprint)
        .op("op_node_x509_name", 2, name)
        .op("op_node_x509_key_usage", 1, key_usage)
        .op("op_node_x509_public_key", 1, public_key)
        .op("op_node_x509_is_ca", 1, is_ca)
        .op("op_node_x509_check_host", 4, check_host)
        .op("op_node_x509_check_email", 3, check_email)
        .op("op_node_x509_check_ip", 2, check_ip)
        .op("op_node_x509_check_issued", 2, check_issued)
        .op("op_node_x509_check_private_key", 2, check_private_key)
        .op("op_node_x509_verify", 2, verify)
}

// Object identifiers of extensions.
const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const AUTHORITY_INFO_ACCESS: &str = "1.3.6.1.5.5.7.1.1";

/// The bit of the key usage that lets a key sign certificates, from the left.
const KEY_CERT_SIGN: u8 = 0x80 >> 5;

struct Certificate {
    x509: X509,
    der: Vec<u8>,
}

impl Certificate {
    /// PEM, wherever in the bytes it begins, or DER.
    fn parse(bytes: &[u8]) -> Option<Certificate> {
        let x509 = X509::from_pem(bytes).or_else(|_| X509::from_der(bytes));
        let x509 = x509.ok()?;
        let der = x509.to_der().ok()?;
        Some(Certificate { x509, der })
    }

    /// The parts of the TBSCertificate (RFC 5280, 4.1), without the version.
    fn fields(&self) -> Option<Vec<Value<'_>>> {
        let certificate = der::first(&self.der)?;
        let signed = *der::parts(&certificate, SEQUENCE)?.first()?;
        let mut fields = der::parts(&signed, SEQUENCE)?;
        if der::has_tag(fields.first()?, constructed(0)) {
            fields.remove(0);
        }
        Some(fields)
    }

    fn issuer(&self) -> Option<Value<'_>> {
        self.fields()?.get(2).copied()
    }

    fn subject(&self) -> Option<Value<'_>> {
        self.fields()?.get(4).copied()
    }

    /// What is in an extension.
    fn extension(&self, identifier: &str) -> Option<Value<'_>> {
        let fields = self.fields()?;
        let mut lists = fields
            .iter()
            .filter_map(|field| der::body(field, constructed(3)));
        let list = der::first(lists.next()?)?;
        for extension in der::parts(&list, SEQUENCE)? {
            let parts = der::parts(&extension, SEQUENCE)?;
            let (key, value) = (parts.first()?, parts.last()?);
            let is_it = names::identifier(key).is_some_and(|key| key == identifier);
            if is_it && der::has_tag(value, OCTET_STRING) {
                return der::first(value.data());
            }
        }
        None
    }

    fn alternative_names(&self) -> Option<Vec<Value<'_>>> {
        der::parts(&self.extension(SUBJECT_ALT_NAME)?, SEQUENCE)
    }

    fn alternative_names_of(&self, tag: u8) -> Vec<&[u8]> {
        let names = self.alternative_names().unwrap_or_default();
        let bodies = names.iter().filter_map(|name| der::body(name, tag));
        bodies.collect()
    }

    /// The values that the subject's name has for an attribute.
    fn subject_values(&self, key: Nid) -> Vec<String> {
        let entries = self.x509.subject_name().entries_by_nid(key);
        let texts = entries.filter_map(|entry| entry.data().to_string().ok());
        texts.collect()
    }

    fn subject_alt_name(&self) -> Option<String> {
        let names = self.alternative_names()?;
        let names: Option<Vec<_>> = names.iter().map(names::general_name).collect();
        Some(names?.join(", "))
    }

    /// One line for each way, with a line feed behind each, as BoringSSL has it.
    fn info_access(&self) -> Option<String> {
        let mut text = String::new();
        for description in der::parts(&self.extension(AUTHORITY_INFO_ACCESS)?, SEQUENCE)? {
            let parts = der::parts(&description, SEQUENCE)?;
            let [method, location] = &parts[..] else {
                return None;
            };
            let method = names::identifier(method)?;
            // Its long name, or the digits again.
            let method = Asn1Object::from_str(&method).ok()?;
            let location = names::general_name(location)?;
            text.push_str(&format!("{} - {location}\n", &*method));
        }
        Some(text)
    }

    fn extended_key_usage(&self) -> Option<Vec<String>> {
        let purposes = der::parts(&self.extension(EXTENDED_KEY_USAGE)?, SEQUENCE)?;
        purposes.iter().map(names::identifier).collect()
    }

    fn is_ca(&self) -> bool {
        let usage = self.extension(KEY_USAGE);
        if let Some(usage) = usage.and_then(|usage| der::body(&usage, BIT_STRING))
            && usage.get(1).is_none_or(|bits| bits & KEY_CERT_SIGN == 0)
        {
            return false;
        }
        // The first version has no extensions that could say so.
        if self.x509.version() == 0 {
            return self.x509.issued(&self.x509) == X509VerifyResult::OK;
        }
        let constraints = self.extension(BASIC_CONSTRAINTS);
        let constraints = constraints.and_then(|value| der::parts(&value, SEQUENCE));
        let first = constraints.and_then(|parts| parts.first().copied());
        first.is_some_and(|value| der::body(&value, BOOLEAN).is_some_and(|body| body != [0]))
    }

    /// The name of the certificate that is the host's.
    fn host(&self, host: &[u8], wildcards: bool, by_subject: bool) -> Option<String> {
        let names = self.alternative_names_of(names::DNS);
        if !names.is_empty() {
            let found = names
                .into_iter()
                .find(|name| hosts::host_matches(name, host, wildcards));
            return found.map(names::latin1);
        }
        let names = self.subject_values(Nid::COMMONNAME);
        names.into_iter().find(|name| {
            let name = name.as_bytes();
            by_subject && hosts::looks_like_host(name) && hosts::host_matches(name, host, wildcards)
        })
    }

    fn has_email(&self, email: &[u8], by_subject: bool) -> bool {
        let names = self.alternative_names_of(names::EMAIL);
        if !names.is_empty() {
            return names.iter().any(|name| hosts::email_matches(name, email));
        }
        let mut names = self.subject_values(Nid::PKCS9_EMAILADDRESS).into_iter();
        by_subject && names.any(|name| hosts::email_matches(name.as_bytes(), email))
    }

    fn has_ip(&self, ip: IpAddr) -> bool {
        let names = self.alternative_names_of(names::IP);
        names.iter().any(|name| match ip {
            IpAddr::V4(ip) => name[..] == ip.octets(),
            IpAddr::V6(ip) => name[..] == ip.octets(),
        })
    }
}

// --- operations ----------------------------------------------------------------------------------

fn certificate(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Rc<Certificate>, Thrown> {
    scope.unwrap::<Certificate>(value)
}

fn text_to_js<'s>(scope: &mut Scope<'s>, text: Option<String>) -> JsResult<'s> {
    match text {
        Some(text) => scope.string(&text),
        None => Ok(scope.undefined()),
    }
}

/// `(bytes)` → certificate | undefined
fn parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bytes = bytes_from_js(scope, args.get(0))?;
    match Certificate::parse(&bytes) {
        Some(certificate) => scope.wrap(Rc::new(certificate)),
        None => Ok(scope.undefined()),
    }
}

/// `(certificate, which)` → string, or `undefined` if the certificate does not have it
fn text<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let which = scope.to_string(args.get(1))?;
    let x509 = &certificate.x509;
    let text = match which.as_str() {
        "subject" => certificate.subject().and_then(names::in_lines),
        "issuer" => certificate.issuer().and_then(names::in_lines),
        "subjectAltName" => certificate.subject_alt_name(),
        "infoAccess" => certificate.info_access(),
        "validFrom" => Some(x509.not_before().to_string()),
        "validTo" => Some(x509.not_after().to_string()),
        "serialNumber" => {
            let number = x509.serial_number().to_bn();
            let digits = number.and_then(|number| number.to_hex_str());
            digits.ok().map(|digits| digits.to_string())
        }
        "pem" => x509.to_pem().ok().map(|pem| names::latin1(&pem)),
        _ => return Err(scope.throw_type_error(&format!("A certificate has no {which:?}."))),
    };
    text_to_js(scope, text)
}

/// `(certificate)` → ArrayBuffer of DER
fn raw<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let der = certificate(scope, args.get(0))?.der.clone();
    scope.array_buffer(der)
}

/// `(certificate, hash)` → ArrayBuffer
fn fingerprint<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let digest = holdfast_web::crypto::hash::digest(hash, &certificate.der);
    scope.array_buffer(digest)
}

/// `(certificate, whether the issuer's)` → `[key, value, key, value …]`
fn name<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let name = match args.get(1).as_bool() == Some(true) {
        true => certificate.issuer(),
        false => certificate.subject(),
    };
    let Some(groups) = name.and_then(names::attributes) else {
        return Ok(scope.undefined());
    };
    let mut list = Vec::new();
    for attribute in groups.iter().flatten() {
        let Some(text) = attribute.text() else {
            return Ok(scope.undefined());
        };
        list.push(scope.string(&attribute.key)?);
        list.push(scope.string(&text)?);
    }
    scope.array(&list)
}

/// `(certificate)` → array of object identifiers | undefined
fn key_usage<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let Some(purposes) = certificate.extended_key_usage() else {
        return Ok(scope.undefined());
    };
    let list: Result<Vec<_>, Thrown> = purposes.iter().map(|text| scope.string(text)).collect();
    scope.array(&list?)
}

/// `(certificate)` → public key | undefined
fn public_key<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match certificate(scope, args.get(0))?.x509.public_key() {
        Ok(key) => key_to_js(scope, Key::Public(key)),
        Err(_) => Ok(scope.undefined()),
    }
}

/// `(certificate)` → whether it may sign others
fn is_ca<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let is_ca = certificate(scope, args.get(0))?.is_ca();
    Ok(scope.bool(is_ca))
}

/// `(certificate, host, whether wildcards count, whether the subject counts if there are no other names)` → the name of
/// the certificate that is the host's | undefined
fn check_host<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let host = scope.to_string(args.get(1))?;
    let wildcards = args.get(2).as_bool() == Some(true);
    let by_subject = args.get(3).as_bool() == Some(true);
    let name = certificate.host(host.as_bytes(), wildcards, by_subject);
    text_to_js(scope, name)
}

/// `(certificate, email, whether the subject counts if there are no other names)` → whether it is for that mailbox
fn check_email<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let email = scope.to_string(args.get(1))?;
    let by_subject = args.get(2).as_bool() == Some(true);
    let found = certificate.has_email(email.as_bytes(), by_subject);
    Ok(scope.bool(found))
}

/// `(certificate, address)` → whether it is for that address; `undefined` if it is none
fn check_ip<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    match scope.to_string(args.get(1))?.parse() {
        Ok(ip) => Ok(scope.bool(certificate.has_ip(ip))),
        Err(_) => Ok(scope.undefined()),
    }
}

/// `(certificate, other certificate)` → whether the other one is that of the issuer, by what they say
fn check_issued<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let subject = certificate(scope, args.get(0))?;
    let issuer = certificate(scope, args.get(1))?;
    let result = issuer.x509.issued(&subject.x509);
    Ok(scope.bool(result == X509VerifyResult::OK))
}

/// `(certificate, private key)` → whether it is for that pair
fn check_private_key<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let key = key_from_js(scope, args.get(1))?;
    let public = certificate.x509.public_key();
    let same = match (&key, &public) {
        (Key::Private(key), Ok(public)) => public.public_eq(key),
        _ => false,
    };
    Ok(scope.bool(same))
}

/// `(certificate, public key)` → whether that key's pair has signed it
fn verify<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let certificate = certificate(scope, args.get(0))?;
    let right = match key_from_js(scope, args.get(1))? {
        Key::Public(key) => certificate.x509.verify(&key).unwrap_or(false),
        _ => false,
    };
    Ok(scope.bool(right))
}
