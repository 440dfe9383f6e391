//! JSON objects of which some members are known: known ones are typed, all others are kept, byte for byte.

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// A member that is absent, null, as expected, or of another type than CloudTrail documents.
///
/// Published and hand-made events have all four: `"errorCode": null`, `"readOnly": "true"`, times that are
/// placeholders. None of them makes an event unreadable, and each is written back as it was.
#[derive(Debug, Clone, Default)]
pub enum Field<T> {
    /// The object has no such member.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member has the documented type.
    Is(T),
    /// The member has another type; its JSON text.
    Odd(Box<RawValue>),
}

impl<T> Field<T> {
    /// The value, where it has the documented type.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Null | Self::Odd(_) => None,
        }
    }

    /// Whether the object has no such member.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Field<String> {
    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.get().map(String::as_str)
    }
}

impl<T: DeserializeOwned> Field<T> {
    pub(crate) fn from_json(text: Box<RawValue>) -> Self {
        if text.get() == "null" {
            return Self::Null;
        }
        serde_json::from_str(text.get()).map_or(Self::Odd(text), Self::Is)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Is(value) => value.serialize(serializer),
            Self::Odd(text) => text.serialize(serializer),
        }
    }
}

/// The members of an object in their order, values untouched. The last of two members with one name counts, as it does
/// for metric filters (recorded).
pub(crate) struct Members(pub(crate) Vec<(String, Box<RawValue>)>);

impl Members {
    /// Takes out the member of this name.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Field<T> {
        let mut found = Field::Absent;
        while let Some(place) = self.0.iter().rposition(|(key, _)| key == name) {
            let (_, text) = self.0.remove(place);
            if found.is_absent() {
                found = Field::from_json(text);
            }
        }
        found
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members_;

        impl<'de> Visitor<'de> for Members_ {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::with_capacity(24);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Members_)
    }
}

/// A struct of [`Field`]s, one a row `name "jsonName": Type`, written in the order of the rows, and `others`, the
/// members that no row names, written after them in the order in which they came.
macro_rules! members {
    (
        $(#[$about:meta])* $name:ident {
            $( $(#[$what:meta])* $field:ident $json:literal: $kind:ty, )+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[$what])* pub $field: $crate::cloudtrail::Field<$kind>, )+
            /// Members that are not known here, in the order in which they came, their JSON text untouched.
            pub others: Vec<(String, Box<serde_json::value::RawValue>)>,
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut members = $crate::cloudtrail::members::Members::deserialize(deserializer)?;
                Ok(Self { $( $field: members.take($json), )+ others: members.0 })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $( if !self.$field.is_absent() { map.serialize_entry($json, &self.$field)?; } )+
                for (name, text) in &self.others {
                    map.serialize_entry(name, text)?;
                }
                map.end()
            }
        }
    };
}
pub(crate) use members;
