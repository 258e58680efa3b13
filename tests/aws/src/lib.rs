//! A DynamoDB emulator in this process, on a free loopback port, and a store on a fresh table of it.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use cws_aws::{Access, DynamoStore};
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// The table's name in every test: each test has an emulator of its own.
pub const TABLE: &str = "cws-test";

/// A running emulator; stops when it is dropped.
pub struct Emulator {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    _server: JoinHandle<Result<(), String>>,
}

impl Emulator {
    /// Starts one with an empty table.
    ///
    /// # Panics
    /// When the emulator cannot start.
    pub async fn start() -> Self {
        let database = dynoxide::Database::memory().expect("an emulator in memory");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = dynoxide::server::serve_with_shutdown(listener, database, async move {
            let _ = stopped.await;
        });
        let emulator = Self { address, stop: Some(stop), _server: tokio::spawn(serving) };
        create_table(&emulator.client()).await;
        emulator
    }

    /// How the adapters reach it.
    ///
    /// # Panics
    /// Never; the variables are complete.
    pub fn access(&self) -> Access {
        let variables = BTreeMap::from(
            [
                ("AWS_REGION", "us-east-1".to_owned()),
                ("AWS_ACCESS_KEY_ID", "test".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
                ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", self.address)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Access::from_variables(&variables).expect("complete variables")
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::from_conf(self.access().dynamodb().build())
    }

    /// The store on its table.
    pub fn store(&self) -> DynamoStore {
        DynamoStore::new(self.client(), TABLE)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// The table as `infra/root.yaml` describes it.
async fn create_table(client: &Client) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
    };
    let element =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(["pk", "sk"].map(|name| attribute(name).expect("complete")).into()))
        .key_schema(element("pk", KeyType::Hash).expect("complete"))
        .key_schema(element("sk", KeyType::Range).expect("complete"))
        .send()
        .await
        .expect("a new table");
}
