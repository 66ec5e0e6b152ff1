//! Known answers, from the published `workerd` binary (namespace key "chat-ChatRoom") and, for the
//! ids made of entropy, from an independent HMAC.

use std::collections::BTreeSet;

use holdfast_object::{IdError, NamespaceKey, ObjectId};
use proptest::prelude::*;

const LOBBY: &str = "6e4bb4018f234b3690508f6cd131484d2b81f53878ae256db93884ef63d8d75c";

fn chat() -> NamespaceKey {
    NamespaceKey::new("chat-ChatRoom")
}

#[test]
fn names_give_the_ids_that_workerd_gives() {
    for (name, hex) in [
        ("lobby", LOBBY),
        (
            "",
            "30259b23be9390a6986ceb5d0ff355aa395342fd4c08c16fa23983253e94b44d",
        ),
        (
            "ünï🦀",
            "f31e0655864a392bd801d9c66bdf56c7424e772af558815080a2e79e4007f9a6",
        ),
    ] {
        assert_eq!(chat().id_from_name(name).to_hex(), hex, "{name:?}");
    }
    let other = NamespaceKey::new("other-Room")
        .id_from_name("lobby")
        .to_hex();
    assert_eq!(
        other,
        "d6c169b32a4f09cde9e1b0db965119a98fa2ba74533f31c8924c54a8e903db28"
    );
}

#[test]
fn entropy_is_followed_by_its_check() {
    let counting = std::array::from_fn(|i| u8::try_from(i).unwrap());
    for (entropy, hex) in [
        (
            [0; 16],
            "0000000000000000000000000000000044484cc7fea44cb3dd7172547663fc16",
        ),
        (
            counting,
            "000102030405060708090a0b0c0d0e0f616350048860020678575135f9ff2c96",
        ),
    ] {
        assert_eq!(chat().unique_id(entropy).to_hex(), hex);
    }
}

#[test]
fn parsing_takes_own_ids_in_either_case_and_refuses_as_workerd_does() {
    let lobby = chat().id_from_name("lobby");
    assert_eq!(chat().parse(LOBBY), Ok(lobby));
    assert_eq!(chat().parse(&LOBBY.to_uppercase()), Ok(lobby));
    assert_eq!(
        format!("{lobby} {lobby:?}"),
        format!("{LOBBY} ObjectId({LOBBY})")
    );

    let one_too_many = format!("{LOBBY}0");
    let not_ascii = format!("é{}", &LOBBY[2..]);
    let signed = format!("+{}", &LOBBY[1..]);
    for text in [
        "",
        "zz",
        &one_too_many,
        &LOBBY[1..],
        &"g".repeat(64),
        &not_ascii,
        &signed,
    ] {
        let error = chat().parse(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Invalid Durable Object ID: must be 64 hex digits",
            "{text:?}"
        );
    }
    let foreign = NamespaceKey::new("other-Room")
        .id_from_name("lobby")
        .to_hex();
    for text in [&"0".repeat(64), &foreign] {
        let error = chat().parse(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Durable Object ID is not valid for this namespace."
        );
    }
    assert_eq!(IdError::CLASS, "TypeError");
}

proptest! {
    #[test]
    fn every_flipped_bit_is_noticed(name in ".*", bit in 0_usize..256) {
        let id = chat().id_from_name(&name);
        let mut bytes = *id.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let flipped = ObjectId::from_bytes(bytes);
        prop_assert_eq!(chat().parse(&flipped.to_hex()), Err(IdError::OtherNamespace));
        prop_assert_eq!(chat().parse(&id.to_hex()), Ok(id));
    }
}

#[test]
fn ids_order_by_their_bytes() {
    let ids: Vec<ObjectId> = (0..100)
        .map(|i| chat().id_from_name(&i.to_string()))
        .collect();
    let mut by_id = ids.clone();
    by_id.sort();
    let mut by_hex = ids.clone();
    by_hex.sort_by_key(ObjectId::to_hex);
    assert_eq!(by_id, by_hex);
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), 100);
}
