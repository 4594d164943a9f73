//! How plans travel: Ballista's own way, and for the look-up functions the name of their table and
//! the version of the program that wrote the plan.

use crate::check::Language;
use crate::dataset::crs::Crs;
use crate::engine::function::{LookUp, Manner, TableOf, TableSource, external};
use crate::engine::table::{LookupTable, TableName};
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::{exec_err, internal_err};
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The version that client, scheduler and executors must share.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A look-up function on its way.
#[derive(Debug, Serialize, Deserialize)]
struct Travelling {
    /// Version of the program that wrote the plan.
    wangge: String,
    /// Name of the table.
    table: String,
    /// Reference system of the numbers.
    crs: String,
    /// Whether reasons are given in Chinese.
    chinese: bool,
}

impl Travelling {
    fn of(look_up: &LookUp) -> Self {
        let Manner { crs, language } = look_up.manner();
        Self {
            wangge: VERSION.to_owned(),
            table: look_up.table().to_string(),
            crs: crs.to_string(),
            chinese: language == Language::Chinese,
        }
    }

    fn manner(&self) -> Result<Manner> {
        let Some(crs) = Crs::parse(&self.crs) else {
            return exec_err!("{} is no reference system that is known here", self.crs);
        };
        let language = if self.chinese { Language::Chinese } else { Language::English };
        Ok(Manner { crs, language })
    }
}

/// The codec of clients, schedulers and executors.
#[derive(Debug)]
pub struct Codec {
    inner: BallistaPhysicalExtensionCodec,
    tables: Arc<dyn TableSource>,
}

impl Codec {
    /// A codec whose functions find their tables here.
    pub fn new(tables: Arc<dyn TableSource>) -> Self {
        Self { inner: BallistaPhysicalExtensionCodec::default(), tables }
    }

    /// The codec of those who only pass plans on.
    pub fn passing() -> Self {
        Self::new(Arc::new(NoTables))
    }
}

/// The tables of those who do no work: none.
#[derive(Debug)]
pub struct NoTables;

impl TableSource for NoTables {
    fn table(&self, name: TableName) -> Result<Arc<LookupTable>> {
        internal_err!("table {name} was asked for where no work is done")
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.inner.try_decode(bytes, inputs, context, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.inner.try_encode(node, bytes, converter)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        let Some(look_up) = function.inner().downcast_ref::<LookUp>() else {
            return self.inner.try_encode_udf(function, bytes);
        };
        serde_json::to_writer(bytes, &Travelling::of(look_up)).map_err(external)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        let Ok(travelling) = serde_json::from_slice::<Travelling>(bytes) else {
            return self.inner.try_decode_udf(name, bytes);
        };
        if travelling.wangge != VERSION {
            return exec_err!(
                "the plan is from wangge {}, this machine runs {VERSION}: run one version on all machines",
                travelling.wangge
            );
        }
        let table = travelling.table.parse().map_err(external)?;
        let named = TableOf::Named(table, Arc::clone(&self.tables));
        match LookUp::named(name, named, travelling.manner()?) {
            Some(function) => Ok(Arc::new(function)),
            None => exec_err!("{name} is no look-up function"),
        }
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udaf(function, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.inner.try_decode_udaf(name, bytes)
    }

    fn try_encode_udwf(&self, function: &WindowUDF, bytes: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udwf(function, bytes)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        self.inner.try_decode_udwf(name, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_travels_by_the_name_of_its_table() {
        let codec = Codec::passing();
        let name = TableName::of(b"a table");
        let named = TableOf::Named(name, Arc::new(NoTables));
        let crs = Crs::from_epsg(4549).unwrap();
        let manner = Manner { crs, language: Language::English };
        let function = LookUp::named("grid_at", named, manner).unwrap();
        let mut bytes = Vec::new();
        codec.try_encode_udf(&function, &mut bytes).unwrap();
        assert!(bytes.len() < 250, "{} bytes", bytes.len());
        let back = codec.try_decode_udf("grid_at", &bytes).unwrap();
        assert_eq!(*back, function);
        assert!(codec.try_decode_udf("no_such", &bytes).is_err());
    }

    #[test]
    fn another_version_is_refused() {
        let table = TableName::of(b"");
        let text = format!(
            r#"{{"wangge": "0.0.0-old", "table": "{table}", "crs": "WGS 84", "chinese": true}}"#
        );
        let error = Codec::passing().try_decode_udf("grid_at", text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("0.0.0-old"), "{error}");
    }
}
