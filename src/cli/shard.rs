//! Words about shards: `2/8`, or what an array job says about itself.

use crate::reports::report::Shard;
use anyhow::{Context as _, bail};

/// The variables of jobs that run as many: where the index is, and where the number of all of them.
const JOBS: [(&str, &str); 2] = [
    ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"),
    // Kubernetes does not tell a pod of an Indexed Job how many there are.
    ("JOB_COMPLETION_INDEX", "KEYSIFT_SHARDS"),
];

/// `I/N` counts from 0, as array jobs do. `auto` takes both from the job's variables, `auto/N` the index.
pub(super) fn parse(text: &str) -> anyhow::Result<Shard> {
    parse_in(text, &|name| std::env::var(name).ok())
}

fn parse_in(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Shard> {
    let (index, count) = match text.split_once('/') {
        Some(("auto", count)) => (job(variable)?.0, count.to_owned()),
        Some((index, count)) => (index.to_owned(), count.to_owned()),
        None if text == "auto" => {
            let (index, name) = job(variable)?;
            let count = variable(name).with_context(|| format!("`auto` needs {name}, or name the number: auto/8"))?;
            (index, count)
        }
        None => bail!("expected I/N, such as 0/8, or `auto`"),
    };
    let number = |text: &str| text.trim().parse::<u32>().with_context(|| format!("{text}: not a number"));
    let shard = Shard { index: number(&index)?, count: number(&count)? };
    if shard.index >= shard.count {
        bail!(
            "{}/{}: shards count from 0, so the last one is {}/{}",
            index,
            count,
            shard.count.max(1) - 1,
            shard.count.max(1)
        );
    }
    Ok(shard)
}

/// The job's index, and which variable would hold the number.
fn job(variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<(String, &'static str)> {
    let found = JOBS.iter().find_map(|(index, count)| variable(index).map(|index| (index, *count)));
    found.with_context(|| format!("`auto` works in array jobs: neither {} nor {} is set", JOBS[0].0, JOBS[1].0))
}

#[cfg(test)]
mod tests {
    use super::parse_in;
    use crate::reports::report::Shard;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Option<(u32, u32)> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        parse_in(text, &variable).ok().map(|Shard { index, count }| (index, count))
    }

    #[test]
    fn words_and_variables() {
        assert_eq!(parse("0/8", &[]), Some((0, 8)));
        assert_eq!(parse("7/8", &[]), Some((7, 8)));
        for wrong in ["8/8", "0/0", "1", "a/8", "-1/8", "auto", "auto/8"] {
            assert_eq!(parse(wrong, &[]), None, "{wrong}");
        }
        let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "3"), ("AWS_BATCH_JOB_ARRAY_SIZE", "5")];
        assert_eq!(parse("auto", &batch), Some((3, 5)));
        let kubernetes = [("JOB_COMPLETION_INDEX", "3"), ("KEYSIFT_SHARDS", "4")];
        assert_eq!(parse("auto", &kubernetes), Some((3, 4)));
        assert_eq!(parse("auto", &kubernetes[..1]), None);
        assert_eq!(parse("auto/6", &kubernetes[..1]), Some((3, 6)));
    }

    #[test]
    fn every_artifact_belongs_to_one_shard() {
        let shards: Vec<Shard> = (0..7).map(|index| Shard { index, count: 7 }).collect();
        let mut held = [0; 7];
        for key in 0..7000 {
            let uri = format!("s3://code/jobs/{key}.jar");
            let holders: Vec<usize> = (0..7).filter(|&index| shards[index].holds(&uri)).collect();
            assert_eq!(holders.len(), 1);
            held[holders[0]] += 1;
        }
        assert!(held.iter().all(|&number| (800..1200).contains(&number)), "{held:?}");
        // Jobs of different machines and versions must agree.
        let holder = |uri: &str| shards.iter().position(|shard| shard.holds(uri));
        assert_eq!([holder("s3://code/a.jar"), holder("target/a.jar")], [Some(6), Some(1)]);
    }
}
