//! A piece: one thing that a version of an application is made of and that may hold a secret.

use aws_sdk_kinesisanalyticsv2::types::{
    ApplicationCodeConfigurationDescription, ApplicationConfigurationDescription, ApplicationDetail, CodeContentType,
    CustomArtifactConfigurationDescription, ZeppelinApplicationConfigurationDescription,
};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// A group of environment properties, which the console calls run-time properties.
    Properties { group: String, properties: BTreeMap<String, String> },
    /// A text that the service itself keeps, under a name whose ending tells the format.
    Text { name: &'static str, text: String },
    /// Code, a library or reference data in S3.
    Object(Object),
    /// Where a notebook puts what it deploys.
    Folder { bucket: String, prefix: String },
    /// What holds no bytes to be read, and why that is.
    Unread { name: String, cause: String },
}

/// An object that an application loads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) bucket: String,
    pub(super) key: String,
    /// `None`: whatever lay there when the application was updated.
    pub(super) version: Option<String>,
    /// Bytes of what was deployed, if the service tells.
    pub(super) size: Option<u64>,
}

const NOWHERE: &str = "the service does not say where it lies";
/// Groups of the connectors that Studio itself adds to a notebook, and that anybody can read.
const PUBLIC_GROUPS: [&str; 4] = ["org.apache.", "software.amazon.", "com.amazonaws", "io.confluent"];

/// All pieces of a version, as DescribeApplication and DescribeApplicationVersion tell them.
pub(super) fn pieces(detail: &ApplicationDetail) -> Vec<Piece> {
    let mut found = Vec::new();
    let runtime = detail.runtime_environment().as_str();
    let Some(configuration) = detail.application_configuration_description() else {
        found.push(unread("ApplicationConfiguration.json", "the service does not describe its configuration"));
        return found;
    };
    properties(configuration, &mut found);
    if let Some(code) = configuration.application_code_configuration_description() {
        self::code(code, runtime, &mut found);
    }
    let plan =
        configuration.flink_application_configuration_description().and_then(|flink| flink.job_plan_description());
    if let Some(plan) = plan {
        found.push(Piece::Text { name: "JobPlan.json", text: plan.to_owned() });
    }
    if let Some(sql) = configuration.sql_application_configuration_description() {
        for reference in sql.reference_data_source_descriptions() {
            let at = reference.s3_reference_data_source_description();
            let at = at.and_then(|at| object(at.bucket_arn(), at.file_key(), None, None));
            found.push(at.unwrap_or_else(|| unread("ReferenceData", NOWHERE)));
        }
    }
    if let Some(studio) = configuration.zeppelin_application_configuration_description() {
        self::studio(studio, &mut found);
    }
    found
}

fn properties(configuration: &ApplicationConfigurationDescription, found: &mut Vec<Piece>) {
    let described = configuration.environment_property_descriptions();
    for group in described.into_iter().flat_map(|described| described.property_group_descriptions()) {
        let properties = group.property_map().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        found.push(Piece::Properties { group: group.property_group_id().to_owned(), properties });
    }
}

fn code(code: &ApplicationCodeConfigurationDescription, runtime: &str, found: &mut Vec<Piece>) {
    let nowhere = || unread("ApplicationCode.zip", "the service does not say where its code lies");
    let Some(content) = code.code_content_description() else {
        // A notebook may be empty.
        found.extend((*code.code_content_type() == CodeContentType::Zipfile).then(nowhere));
        return;
    };
    let size = content.code_size().and_then(|size| u64::try_from(size).ok()).filter(|&size| size > 0);
    if let Some(at) = content.s3_application_code_location_description() {
        let at = object(at.bucket_arn(), at.file_key(), at.object_version(), size);
        found.push(at.unwrap_or_else(nowhere));
    } else if let Some(text) = content.text_content() {
        let name = match runtime {
            _ if runtime.starts_with("SQL") => "ApplicationCode.sql",
            _ if runtime.starts_with("ZEPPELIN") => "ApplicationCode.zpln",
            _ => "ApplicationCode.txt",
        };
        found.push(Piece::Text { name, text: text.to_owned() });
    } else if size.is_some() || content.code_md5().is_some() {
        let cause = "code that was uploaded inline, which the service does not give back: scan the archive itself";
        found.push(unread("ApplicationCode.zip", cause));
    } else if *code.code_content_type() == CodeContentType::Zipfile {
        found.push(nowhere());
    }
}

fn studio(studio: &ZeppelinApplicationConfigurationDescription, found: &mut Vec<Piece>) {
    let glue = studio
        .catalog_configuration_description()
        .and_then(|catalog| catalog.glue_data_catalog_configuration_description());
    if let Some(glue) = glue {
        let cause = "the options of its tables in the Glue Data Catalog: scan the output of aws glue get-tables";
        found.push(unread(glue.database_arn(), cause));
    }
    for artifact in studio.custom_artifacts_configuration_description() {
        found.extend(custom(artifact));
    }
    let deployed = studio
        .deploy_as_application_configuration_description()
        .and_then(|deploy| deploy.s3_content_location_description());
    if let Some(at) = deployed {
        let prefix = at.base_path().unwrap_or_default().trim_start_matches('/').to_owned();
        let bucket = bucket(at.bucket_arn());
        found.push(
            bucket.map_or_else(|| unread("DeployedApplications", NOWHERE), |b| Piece::Folder { bucket: b, prefix }),
        );
    }
}

fn custom(artifact: &CustomArtifactConfigurationDescription) -> Option<Piece> {
    if let Some(at) = artifact.s3_content_location_description() {
        let at = object(at.bucket_arn(), at.file_key(), at.object_version(), None);
        return at.or_else(|| Some(unread("CustomArtifact", NOWHERE)));
    }
    let Some(maven) = artifact.maven_reference_description() else { return Some(unread("CustomArtifact", NOWHERE)) };
    let group = maven.group_id();
    if PUBLIC_GROUPS.iter().any(|public| group.starts_with(public)) {
        return None;
    }
    let name = format!("{group}:{}:{}", maven.artifact_id(), maven.version());
    Some(unread(&name, "a library from a Maven repository: scan its jar"))
}

fn unread(name: &str, cause: &str) -> Piece {
    Piece::Unread { name: name.to_owned(), cause: cause.to_owned() }
}

/// `None` if it is not said where it lies: what is missing, the SDK leaves empty.
fn object(bucket_arn: &str, key: &str, version: Option<&str>, size: Option<u64>) -> Option<Piece> {
    // A version `null` is what a bucket gave before it kept versions: it can be asked for by that name.
    let version = version.filter(|version| !version.is_empty()).map(ToOwned::to_owned);
    let bucket = bucket(bucket_arn)?;
    (!key.is_empty()).then(|| Piece::Object(Object { bucket, key: key.to_owned(), version, size }))
}

/// The name in `arn:aws:s3:::name`.
fn bucket(arn: &str) -> Option<String> {
    arn.rsplit(":::").next().filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}
