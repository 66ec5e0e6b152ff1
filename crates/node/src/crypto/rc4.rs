//! RC4, which is broken and which Workers have all the same. OpenSSL has moved it out of what is linked in.

/// The state of the generator.
pub(super) struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    pub(super) const KEY_MAX: usize = 256;

    /// `None` if the key is empty or longer than that.
    pub(super) fn new(key: &[u8]) -> Option<Rc4> {
        if key.is_empty() || key.len() > Self::KEY_MAX {
            return None;
        }
        let mut state = [0; 256];
        for (index, byte) in state.iter_mut().enumerate() {
            *byte = index as u8;
        }
        let mut j = 0_u8;
        for i in 0..256 {
            j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
            state.swap(i, usize::from(j));
        }
        Some(Rc4 { state, i: 0, j: 0 })
    }

    /// Encrypts or decrypts, which is the same.
    pub(super) fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_of_rfc_6229() {
        let keys: [(&[u8], [u8; 4]); 2] = [
            (&[1, 2, 3, 4, 5], [0xb2, 0x39, 0x63, 0x05]),
            (
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
                [0x9a, 0xc7, 0xcc, 0x9a],
            ),
        ];
        for (key, expected) in keys {
            let mut stream = [0; 4];
            let mut cipher = Rc4::new(key).unwrap();
            cipher.apply(&mut stream[..1]);
            cipher.apply(&mut stream[1..]);
            assert_eq!(stream, expected);
        }
        assert!(Rc4::new(&[]).is_none());
        assert!(Rc4::new(&[0; 257]).is_none());
    }
}
