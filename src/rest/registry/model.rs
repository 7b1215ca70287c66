//! What is said of the registry over REST, where it is not an [`Organization`] as in the file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::registry::{Organization, StationLink};

/// `{"stations":[…]}`, as in the file.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(description = "The stations that serve an organization.")]
pub(super) struct Stations {
    pub(super) stations: Vec<StationLink>,
}

/// `{"iban":"…"}`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(description = "An account of an organization.")]
pub(super) struct RegisteredIban {
    pub(super) iban: String,
}

/// The accounts of an organization, if it has registered any.
#[derive(Serialize, ToSchema)]
pub(super) struct Ibans {
    pub(super) ibans: Option<Vec<String>>,
}

/// Some of the organizations.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganizationsPage {
    pub(super) organizations: Vec<Organization>,
    pub(super) page_info: PageOfOrganizations,
}

/// Which ones, and how many there are.
#[derive(Serialize, ToSchema)]
pub(super) struct PageOfOrganizations {
    /// The first is 0.
    pub(super) page: i64,
    pub(super) limit: i64,
    /// How many are on this page.
    pub(super) items_found: usize,
    pub(super) total_pages: usize,
}

/// Every broker.
#[derive(Serialize, ToSchema)]
pub(super) struct Brokers {
    pub(super) brokers: Vec<Broker>,
}

/// A broker with its stations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Broker {
    pub(super) id_broker: String,
    #[schema(value_type = Vec<String>)]
    pub(super) stations: BTreeSet<String>,
}

/// Every station.
#[derive(Serialize, ToSchema)]
pub(super) struct KnownStations {
    pub(super) stations: Vec<KnownStation>,
}

/// A station with its broker and the organizations that it serves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KnownStation {
    pub(super) id_station: String,
    pub(super) id_broker: String,
    #[schema(value_type = Vec<String>)]
    pub(super) organizations: BTreeSet<String>,
}
