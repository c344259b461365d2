//! The table.

use super::{Audience, Column, Field, Purpose};
use Audience::{
    Applicant, Bank, Court, Enforcement, Inspection, Ministry, Notary, Officer, Owner, Police,
    Portal, Statistics, Tax,
};
use Visibility::{Hide as H, Mask as M, Show as S};

/// What becomes of a field in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// As it is.
    Show,
    /// In its masked form, see [`super::mask`].
    Mask,
    /// Not at all.
    Hide,
}

/// *These audiences, asking for this purpose, get …*, one cell per [`Column`].
struct Row {
    audiences: &'static [Audience],
    purpose: &'static str,
    cells: [Visibility; 11],
}

const fn row(
    audiences: &'static [Audience],
    purpose: &'static str,
    cells: [Visibility; 11],
) -> Row {
    Row {
        audiences,
        purpose,
        cells,
    }
}

const EVERYBODY: &[Audience] = Audience::ALL;

/// Who may see what. A pair of audience and purpose stands in one row at most; what stands in none is hidden.
///
/// The portal files and follows dossiers and compares the applicant with the holder: it gets the name, of the number only
/// what a comparison needs, and no debts. The ministry gets no person's data until an agreement under law says which.
///
/// # Source
/// Land Law 31/2024/QH15; Law 91/2025/QH15 and Decree 356/2025 (purpose limitation, minimum data); Circular 56/2024/TT-BTC
/// (extracts). The cells are the project's reading of them, to be confirmed by the registering office's lawyer.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                            land tenure cert kind name number birth home share blocks mortgages
    row(EVERYBODY,      "public-information",    [S,   H,     H,   H,   H,   H,     H,    H,   H,    H,     H]),
    row(&[Owner],       "own-data",              [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Applicant],   "paid-extract",          [S,   S,     H,   S,   H,   H,     H,    H,   H,    S,     H]),
    row(&[Applicant],   "consented-extract",     [S,   S,     S,   S,   S,   H,     H,    H,   S,    S,     S]),
    row(&[Officer],     "register-keeping",      [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Officer],     "dossier-handling",      [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Portal],      "dossier-handling",      [S,   S,     S,   S,   S,   M,     H,    H,   S,    S,     H]),
    row(&[Ministry],    "national-database",     [S,   S,     H,   S,   H,   H,     H,    H,   S,    S,     H]),
    row(&[Notary],      "notarisation",          [S,   S,     S,   S,   S,   M,     H,    H,   S,    S,     S]),
    row(&[Bank],        "lending",               [S,   S,     S,   S,   S,   M,     H,    H,   S,    S,     S]),
    row(&[Tax],         "tax-assessment",        [S,   S,     S,   S,   S,   S,     S,    S,   S,    H,     H]),
    row(&[Court],       "adjudication",          [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Enforcement], "judgment-enforcement",  [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Police],      "investigation",         [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Inspection],  "inspection",            [S,   S,     S,   S,   S,   S,     S,    S,   S,    S,     S]),
    row(&[Statistics],  "statistics",            [S,   H,     H,   H,   H,   H,     H,    H,   H,    H,     H]),
];

fn find(audience: Audience, purpose: &Purpose) -> Option<&'static Row> {
    TABLE
        .iter()
        .find(|row| row.audiences.contains(&audience) && row.purpose == purpose.as_str())
}

/// What becomes of a field when this audience asks for this purpose. What the table does not know is hidden.
pub fn visibility(audience: Audience, purpose: &Purpose, field: Field) -> Visibility {
    let column: Column = field.column();
    find(audience, purpose)
        .and_then(|row| row.cells.get(column as usize).copied())
        .unwrap_or(H)
}

/// Whether the table knows this purpose for this audience.
pub fn is_registered(audience: Audience, purpose: &Purpose) -> bool {
    find(audience, purpose).is_some()
}

/// Whether a parcel of this use shows this audience only where it lies and what it is called ([`Field::is_detail`]).
///
/// Defence (`CQP`) and public security (`CAN`) have kept their codes in every list since 2014.
pub fn hides_details(land_use_code: &str, audience: Audience) -> bool {
    let is_secret = ["CQP", "CAN"]
        .iter()
        .any(|code| land_use_code.trim().eq_ignore_ascii_case(code));
    is_secret && !(matches!(audience, Officer | Owner) || audience.asks_by_law())
}

/// Whether land of all these uses shows this audience only where it lies and what it is called. Land of no known use does, as a
/// defence parcel's: nobody can know that it is not. A code may be made of several (`ONT+CAN`).
pub fn hides_land<'u>(land_use: impl IntoIterator<Item = &'u str>, audience: Audience) -> bool {
    let codes = land_use.into_iter();
    let codes = codes.flat_map(|code| code.split(|letter: char| !letter.is_alphanumeric()));
    let mut codes = codes.filter(|code| !code.is_empty()).peekable();
    if codes.peek().is_none() {
        return hides_details("CQP", audience);
    }
    codes.any(|code| hides_details(code, audience))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All registered purposes.
    fn purposes() -> impl Iterator<Item = Purpose> {
        TABLE.iter().map(|row| Purpose::parse(row.purpose).unwrap())
    }

    #[test]
    fn a_pair_of_audience_and_purpose_stands_in_one_row_at_most() {
        for &audience in Audience::ALL {
            for purpose in purposes() {
                let rows = TABLE.iter().filter(|row| {
                    row.audiences.contains(&audience) && row.purpose == purpose.as_str()
                });
                assert!(rows.count() <= 1, "{audience} {purpose}");
            }
        }
    }

    #[test]
    fn whoever_asks_for_public_information_gets_land_and_nothing_else() {
        for &audience in Audience::ALL {
            for &field in Field::ALL {
                let expected = if field.column() == Column::Land { S } else { H };
                assert_eq!(
                    visibility(audience, &Purpose::PUBLIC_INFORMATION, field),
                    expected,
                    "{audience} {field}"
                );
            }
        }
    }

    /// Written from the list of audiences in the sharing policy, not from the table: one line an audience, the one purpose
    /// beside `public-information` that opens most to it.
    #[rustfmt::skip]
    const PERSONAL: [(&str, &str, &str); 17] = [
        // party_name personal_no birth_year residence certificate_serial certificate_entry_no mortgages
        ("public",      "public-information",   "-------"),
        ("citizen",     "public-information",   "-------"),
        ("owner",       "own-data",             "+++++++"),
        ("applicant",   "paid-extract",         "-------"),
        ("applicant",   "consented-extract",    "+---+++"),
        ("officer",     "register-keeping",     "+++++++"),
        ("officer",     "dossier-handling",     "+++++++"),
        ("portal",      "dossier-handling",     "+*--++-"),
        ("ministry",    "national-database",    "-------"),
        ("notary",      "notarisation",         "+*--+++"),
        ("bank",        "lending",              "+*--+++"),
        ("tax",         "tax-assessment",       "++++++-"),
        ("court",       "adjudication",         "+++++++"),
        ("enforcement", "judgment-enforcement", "+++++++"),
        ("police",      "investigation",        "+++++++"),
        ("inspection",  "inspection",           "+++++++"),
        ("statistics",  "statistics",           "-------"),
    ];

    #[test]
    fn every_audience_gets_the_personal_fields_of_its_line_and_purpose_and_no_others() {
        let fields = [
            Field::PartyName,
            Field::PersonalNo,
            Field::BirthYear,
            Field::Residence,
            Field::CertificateSerial,
            Field::CertificateEntryNo,
            Field::Mortgages,
        ];
        // always judged like mortgages
        let alike = [Field::Leases, Field::BlockReason];
        assert!(
            Field::ALL
                .iter()
                .all(|field| field.is_personal()
                    == (fields.contains(field) || alike.contains(field)))
        );
        for &audience in Audience::ALL {
            for purpose in purposes() {
                let line = PERSONAL
                    .iter()
                    .find(|line| line.0 == audience.name() && line.1 == purpose.as_str());
                let cells = line.map_or("-------", |line| line.2);
                let last = cells.chars().next_back().unwrap();
                let cells = cells.chars().chain([last, last]);
                for (field, cell) in fields.into_iter().chain(alike).zip(cells) {
                    let expected = match cell {
                        '+' => S,
                        '*' => M,
                        _ => H,
                    };
                    assert_eq!(
                        visibility(audience, &purpose, field),
                        expected,
                        "{audience} {purpose} {field}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_purpose_with_a_name_in_the_code_is_registered() {
        for named in [
            Purpose::PUBLIC_INFORMATION,
            Purpose::OWN_DATA,
            Purpose::REGISTER_KEEPING,
            Purpose::DOSSIER_HANDLING,
        ] {
            assert!(purposes().any(|purpose| purpose == named), "{named}");
        }
    }

    #[test]
    fn an_unregistered_purpose_opens_nothing_to_anybody() {
        let curiosity = Purpose::parse("curiosity").unwrap();
        for &audience in Audience::ALL {
            assert!(!is_registered(audience, &curiosity));
            for &field in Field::ALL {
                assert_eq!(visibility(audience, &curiosity, field), H);
            }
        }
    }

    #[test]
    fn defence_and_security_parcels_hide_their_details_from_all_but_officers_and_the_law() {
        for code in ["CQP", "CAN", " can"] {
            let blind: Vec<&str> = Audience::ALL
                .iter()
                .filter(|&&audience| hides_details(code, audience))
                .map(|audience| audience.name())
                .collect();
            assert_eq!(
                blind,
                [
                    "public",
                    "citizen",
                    "applicant",
                    "portal",
                    "ministry",
                    "notary",
                    "bank",
                    "statistics"
                ]
            );
        }
        for &audience in Audience::ALL {
            assert!(!hides_details("ONT", audience));
        }
    }

    #[test]
    fn land_is_hidden_by_any_of_its_uses_and_where_none_is_known() {
        for uses in [&["ONT", "CQP"][..], &["ONT+CAN"], &[], &[" "]] {
            assert!(
                hides_land(uses.iter().copied(), Audience::Public),
                "{uses:?}"
            );
            assert!(!hides_land(uses.iter().copied(), Audience::Officer));
        }
        assert!(!hides_land(["ONT", "CLN"], Audience::Public));
    }
}
