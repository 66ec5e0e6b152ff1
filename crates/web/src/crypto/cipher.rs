//! Symmetric ciphers by name, in pieces: what Node's `createCipheriv` needs.

use std::borrow::Cow;
use std::sync::OnceLock;

use openssl::cipher::CipherRef;
use openssl::cipher_ctx::CipherCtx;

use super::Failed;

/// How a cipher treats its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Mode {
    Ecb,
    Cbc,
    Ctr,
    Ofb,
    Cfb,
    Gcm,
    /// Shows a gcm to those who ask, but takes a message in one piece.
    GcmSiv,
    Ccm,
    Ocb,
    /// A stream cipher with a tag: ChaCha20-Poly1305.
    Stream,
}

impl Mode {
    /// Whether it makes and checks a tag.
    pub fn is_authenticated(self) -> bool {
        !matches!(
            self,
            Mode::Ecb | Mode::Cbc | Mode::Ctr | Mode::Ofb | Mode::Cfb
        )
    }

    /// Node's name.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Ecb => "ecb",
            Mode::Cbc => "cbc",
            Mode::Ctr => "ctr",
            Mode::Ofb => "ofb",
            Mode::Cfb => "cfb",
            Mode::Gcm | Mode::GcmSiv => "gcm",
            Mode::Ccm => "ccm",
            Mode::Ocb => "ocb",
            Mode::Stream => "stream",
        }
    }
}

/// A cipher with its mode and length of key.
#[derive(Clone, Copy)]
pub struct Cipher {
    /// Node's name, in lower case.
    pub name: &'static str,
    /// How it treats its blocks.
    pub mode: Mode,
    get: fn() -> Option<&'static CipherRef>,
    key: KeyUse,
}

/// What becomes of the key before OpenSSL gets it. DES with one key or two is triple DES with some the same, and OpenSSL
/// has moved DES itself out of what is linked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    Whole,
    /// `k` becomes `k k k`.
    Tripled,
    /// `k l` becomes `k l k`.
    FirstAgain,
}

impl KeyUse {
    fn apply(self, key: &[u8]) -> Cow<'_, [u8]> {
        match self {
            KeyUse::Whole => Cow::Borrowed(key),
            KeyUse::Tripled => Cow::Owned(key.repeat(3)),
            KeyUse::FirstAgain => Cow::Owned([key, &key[..key.len() / 2]].concat()),
        }
    }
}

macro_rules! ciphers {
    ($($name:literal, $mode:ident, $get:ident $(, $key:ident)?;)*) => {
        &[$(Cipher {
            name: $name,
            mode: Mode::$mode,
            get: || Some(openssl::cipher::Cipher::$get()),
            key: ciphers!(@key $($key)?),
        }),*]
    };
    (@key) => { KeyUse::Whole };
    (@key $key:ident) => { KeyUse::$key };
}

/// A cipher that has no function of its own; there is none before version 3.2 of OpenSSL.
macro_rules! fetched {
    ($name:literal) => {
        || {
            static CIPHER: OnceLock<Option<openssl::cipher::Cipher>> = OnceLock::new();
            let fetch = || openssl::cipher::Cipher::fetch(None, $name, None).ok();
            CIPHER.get_or_init(fetch).as_deref()
        }
    };
}

const GCM_SIV: [Cipher; 2] = [
    Cipher {
        name: "aes-128-gcm-siv",
        mode: Mode::GcmSiv,
        get: fetched!("AES-128-GCM-SIV"),
        key: KeyUse::Whole,
    },
    Cipher {
        name: "aes-256-gcm-siv",
        mode: Mode::GcmSiv,
        get: fetched!("AES-256-GCM-SIV"),
        key: KeyUse::Whole,
    },
];

impl Cipher {
    /// Every one that OpenSSL has had for long.
    const ALL: &[Cipher] = ciphers! {
        "aes-128-cbc", Cbc, aes_128_cbc;
        "aes-128-ccm", Ccm, aes_128_ccm;
        "aes-128-cfb", Cfb, aes_128_cfb128;
        "aes-128-cfb8", Cfb, aes_128_cfb8;
        "aes-128-ctr", Ctr, aes_128_ctr;
        "aes-128-ecb", Ecb, aes_128_ecb;
        "aes-128-gcm", Gcm, aes_128_gcm;
        "aes-128-ocb", Ocb, aes_128_ocb;
        "aes-128-ofb", Ofb, aes_128_ofb;
        "aes-192-cbc", Cbc, aes_192_cbc;
        "aes-192-ccm", Ccm, aes_192_ccm;
        "aes-192-cfb", Cfb, aes_192_cfb128;
        "aes-192-cfb8", Cfb, aes_192_cfb8;
        "aes-192-ctr", Ctr, aes_192_ctr;
        "aes-192-ecb", Ecb, aes_192_ecb;
        "aes-192-gcm", Gcm, aes_192_gcm;
        "aes-192-ocb", Ocb, aes_192_ocb;
        "aes-192-ofb", Ofb, aes_192_ofb;
        "aes-256-cbc", Cbc, aes_256_cbc;
        "aes-256-ccm", Ccm, aes_256_ccm;
        "aes-256-cfb", Cfb, aes_256_cfb128;
        "aes-256-cfb8", Cfb, aes_256_cfb8;
        "aes-256-ctr", Ctr, aes_256_ctr;
        "aes-256-ecb", Ecb, aes_256_ecb;
        "aes-256-gcm", Gcm, aes_256_gcm;
        "aes-256-ocb", Ocb, aes_256_ocb;
        "aes-256-ofb", Ofb, aes_256_ofb;
        "chacha20-poly1305", Stream, chacha20_poly1305;
        "des-cbc", Cbc, des_ede3_cbc, Tripled;
        "des-ecb", Ecb, des_ede3_ecb, Tripled;
        "des-ede", Ecb, des_ede3_ecb, FirstAgain;
        "des-ede-cbc", Cbc, des_ede3_cbc, FirstAgain;
        "des-ede3", Ecb, des_ede3_ecb;
        "des-ede3-cbc", Cbc, des_ede3_cbc;
    };

    /// Every one that the OpenSSL that is linked has.
    pub fn all() -> impl Iterator<Item = Cipher> {
        let known = Self::ALL.iter().chain(&GCM_SIV).copied();
        known.filter(|cipher| (cipher.get)().is_some())
    }

    /// By Node's name, in any case.
    pub fn by_name(name: &str) -> Option<Cipher> {
        Self::all().find(|cipher| cipher.name.eq_ignore_ascii_case(name))
    }

    fn openssl(self) -> &'static CipherRef {
        (self.get)().expect("only those that are there can be got")
    }

    /// Length of the key in bytes.
    pub fn key_length(self) -> usize {
        let length = self.openssl().key_length();
        match self.key {
            KeyUse::Whole => length,
            KeyUse::Tripled => length / 3,
            KeyUse::FirstAgain => length / 3 * 2,
        }
    }

    /// Usual length of the initialisation vector in bytes; 0 if it has none.
    pub fn iv_length(self) -> usize {
        self.openssl().iv_length()
    }

    /// Length of a block in bytes; 1 if it works byte by byte.
    pub fn block_size(self) -> usize {
        self.openssl().block_size()
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Direction {
    Encrypt,
    Decrypt,
}

/// A message on its way through a cipher.
pub struct CipherStream {
    context: CipherCtx,
}

impl CipherStream {
    /// `tag_length` in bytes is for the modes that want it early (CCM, OCB). An authenticated mode takes a vector of
    /// another length than usual where the mode allows it.
    pub fn new(
        cipher: Cipher,
        direction: Direction,
        key: &[u8],
        iv: &[u8],
        tag_length: Option<usize>,
    ) -> Result<CipherStream, Failed> {
        if key.len() != cipher.key_length() {
            return Err(Failed::because("invalid key length"));
        }
        let kind = Some(cipher.openssl());
        let mut context = CipherCtx::new()?;
        let init = |context: &mut CipherCtx, kind, key, iv| match direction {
            Direction::Encrypt => context.encrypt_init(kind, key, iv),
            Direction::Decrypt => context.decrypt_init(kind, key, iv),
        };
        init(&mut context, kind, None, None)?;
        if cipher.mode.is_authenticated() {
            if iv.is_empty() {
                return Err(Failed::because("invalid iv length"));
            }
            if iv.len() != cipher.iv_length() {
                context.set_iv_length(iv.len())?;
            }
            if let Some(length) = tag_length
                && matches!(cipher.mode, Mode::Ccm | Mode::Ocb)
            {
                context.set_tag_length(length)?;
            }
        } else if iv.len() != cipher.iv_length() {
            return Err(Failed::because("invalid iv length"));
        }
        let iv = (!iv.is_empty()).then_some(iv);
        let key = cipher.key.apply(key);
        init(&mut context, None, Some(&key[..]), iv)?;
        Ok(CipherStream { context })
    }

    /// Whether the last block is padded (PKCS #7), as it is if nobody says otherwise.
    pub fn set_padding(&mut self, padding: bool) {
        self.context.set_padding(padding);
    }

    /// How long the message will be, in bytes: CCM must know before it gets additional data.
    pub fn set_message_length(&mut self, length: usize) -> Result<(), Failed> {
        Ok(self.context.set_data_len(length)?)
    }

    /// Adds bytes that are authenticated only; all of them come before the message.
    pub fn additional_data(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        if !bytes.is_empty() {
            self.context.cipher_update(bytes, None)?;
        }
        Ok(())
    }

    /// Puts bytes of the message through; what comes out is added to `output`.
    pub fn update(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<(), Failed> {
        self.context.cipher_update_vec(bytes, output)?;
        Ok(())
    }

    /// The tag that must come out in the end; before [`CipherStream::finish`] of a decryption.
    pub fn expect_tag(&mut self, tag: &[u8]) -> Result<(), Failed> {
        Ok(self.context.set_tag(tag)?)
    }

    /// Ends the message: padding is added, or checked with the tag.
    pub fn finish(&mut self, output: &mut Vec<u8>) -> Result<(), Failed> {
        self.context.cipher_final_vec(output)?;
        Ok(())
    }

    /// The first `length` bytes of the tag of an encryption that is finished.
    pub fn tag(&self, length: usize) -> Result<Vec<u8>, Failed> {
        let mut tag = vec![0; length];
        self.context.tag(&mut tag)?;
        Ok(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cipher_gives_back_what_it_took() {
        let message = b"attack at dawn, and not before";
        for cipher in Cipher::all() {
            let key = vec![7; cipher.key_length()];
            let iv = vec![9; cipher.iv_length()];
            let tag_length = cipher.mode.is_authenticated().then_some(16);
            let make = |direction| {
                let mut stream = CipherStream::new(cipher, direction, &key, &iv, tag_length);
                if let Ok(stream) = &mut stream
                    && cipher.mode == Mode::Ccm
                    && direction == Direction::Encrypt
                {
                    stream.set_message_length(message.len()).unwrap();
                }
                stream.unwrap()
            };
            let mut sealed = Vec::new();
            let mut encryption = make(Direction::Encrypt);
            encryption.update(message, &mut sealed).unwrap();
            encryption.finish(&mut sealed).unwrap();
            assert_ne!(sealed, message, "{}", cipher.name);

            let mut opened = Vec::new();
            let mut decryption = make(Direction::Decrypt);
            if tag_length.is_some() {
                decryption.expect_tag(&encryption.tag(16).unwrap()).unwrap();
            }
            if cipher.mode == Mode::Ccm {
                decryption.set_message_length(message.len()).unwrap();
            }
            decryption.update(&sealed, &mut opened).unwrap();
            if cipher.mode != Mode::Ccm {
                decryption.finish(&mut opened).unwrap();
            }
            assert_eq!(opened, message, "{}", cipher.name);
        }
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let cipher = Cipher::by_name("AES-128-CBC").unwrap();
        let make = |key: &[u8], iv: &[u8]| {
            CipherStream::new(cipher, Direction::Encrypt, key, iv, None).map(|_| ())
        };
        assert!(make(&[0; 16], &[0; 16]).is_ok());
        assert!(make(&[0; 15], &[0; 16]).is_err());
        assert!(make(&[0; 16], &[0; 12]).is_err());
    }
}
