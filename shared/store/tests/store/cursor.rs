//! Cursors: only what was sealed here, for this list and caller, and in time, opens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_model::Timestamp;
use cws_store::cursor::{Binding, Cursor, CursorError, LIFETIME_SECONDS, Sealer, TEXT_MAX_BYTES};
use cws_store::faults::Dice;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
const BINDING: Binding<'_> = Binding { query: b"query", principal: "usr_1", institution: "uni" };

fn sealer() -> Sealer {
    Sealer::new([7; 32])
}

fn seal(position: &str, nonce: u8) -> Result<String, CursorError> {
    let expires_at = NOW.plus_seconds(LIFETIME_SECONDS);
    let cursor = Cursor { position: position.to_owned(), binding: BINDING, expires_at };
    sealer().seal(&cursor, [nonce; 12])
}

fn open(text: &str) -> Result<String, CursorError> {
    sealer().open(text, &BINDING, NOW)
}

#[test]
fn a_cursor_opens_to_its_position() {
    let dice = Dice::new(1);
    for length in 0..300 {
        let position: String = (0..length)
            .filter_map(|_| char::from_u32(u32::try_from(dice.below(0x11_0000)).unwrap()))
            .collect();
        let text = seal(&position, 1).unwrap();
        assert_eq!(open(&text).as_deref(), Ok(position.as_str()));
    }
}

#[test]
fn a_cursor_is_safe_in_a_url_and_shows_nothing_of_what_is_in_it() {
    let position = "prj_01kar2/secret-sort-key";
    let text = seal(position, 1).unwrap();
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
    for shown in [position, "secret", "usr_1", "uni", "query"] {
        assert!(!bytes.windows(shown.len()).any(|window| window == shown.as_bytes()), "{shown}");
    }
    assert!(!bytes.windows(4).any(|window| window == [7; 4]), "key material");
    assert_ne!(text, seal(position, 2).unwrap());
}

#[test]
fn every_changed_bit_is_refused() {
    let sealed = URL_SAFE_NO_PAD.decode(seal("prj_01kar2", 1).unwrap()).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let found = open(&URL_SAFE_NO_PAD.encode(changed));
        assert!(matches!(found, Err(CursorError::Refused | CursorError::Malformed)), "bit {bit}: {found:?}");
    }
}

#[test]
fn every_changed_character_of_the_text_is_refused() {
    let text = seal("prj_01kar2", 1).unwrap();
    for place in 0..text.len() {
        for other in "AZaz09-_=+/ %".bytes().filter(|byte| *byte != text.as_bytes()[place]) {
            let mut changed = text.clone().into_bytes();
            changed[place] = other;
            let changed = String::from_utf8(changed).unwrap();
            assert!(open(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let text = seal("prj_01kar2", 1).unwrap();
    for length in 0..text.len() {
        let cut: String = text.chars().take(length).collect();
        assert!(open(&cut).is_err(), "cut to {length}");
    }
    for more in ["A", "AA", "AAA", "AAAA", "=", "\0", "\n", " "] {
        assert!(open(&format!("{text}{more}")).is_err(), "{more:?} added");
    }
}

#[test]
fn a_cursor_of_another_query_caller_institution_or_deployment_is_refused() {
    let text = seal("prj_01kar2", 1).unwrap();
    let others = [
        Binding { query: b"other", ..BINDING },
        Binding { principal: "usr_2", ..BINDING },
        Binding { institution: "eth", ..BINDING },
        // The same bytes, divided in another way.
        Binding { query: b"queryusr_1", principal: "", ..BINDING },
        Binding { principal: "usr_1u", institution: "ni", ..BINDING },
    ];
    for other in others {
        assert_eq!(sealer().open(&text, &other, NOW), Err(CursorError::Refused), "{other:?}");
    }
    assert_eq!(Sealer::new([8; 32]).open(&text, &BINDING, NOW), Err(CursorError::Refused));
}

#[test]
fn a_cursor_ends_after_its_day() {
    let text = seal("prj_01kar2", 1).unwrap();
    let last = Timestamp::from_millis(NOW.plus_seconds(LIFETIME_SECONDS).millis() - 1);
    assert!(sealer().open(&text, &BINDING, last).is_ok());
    let end = NOW.plus_seconds(LIFETIME_SECONDS);
    assert_eq!(sealer().open(&text, &BINDING, end), Err(CursorError::Expired));
}

#[test]
fn the_longest_sort_key_fits_and_what_does_not_fit_is_said() {
    let longest = seal(&"s".repeat(cws_store::limits::SORT_MAX_BYTES), 1).unwrap();
    assert!(longest.len() <= TEXT_MAX_BYTES, "{}", longest.len());
    assert!(seal(&"s".repeat(1400), 1).is_ok());
    assert_eq!(seal(&"s".repeat(2000), 1), Err(CursorError::TooLong));
    assert_eq!(open(&"A".repeat(TEXT_MAX_BYTES + 1)), Err(CursorError::Malformed));
}

#[test]
fn text_that_is_no_cursor_is_malformed() {
    for text in ["", "A", "next", "eyJhIjoxfQ", "ünïcode", "../../etc", "AQAAAAAAAAAAAAAAAA=="] {
        assert!(open(text).is_err(), "{text}");
    }
    assert_eq!(open("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), Err(CursorError::Malformed));
}

#[test]
fn a_sealer_does_not_print_its_key() {
    assert_eq!(format!("{:?}", sealer()), "Sealer(..)");
}
