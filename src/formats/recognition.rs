//! Recognition: which reader a text is for, by its name and, where that tells nothing, by its content.

/// The readers of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Json,
    Yaml,
    Xml,
    Properties,
    Ini,
    Log,
    /// Only quoted values count.
    Code,
    /// Notes and scripts: unquoted values count too.
    Plain,
    /// Code or notes: the text itself must tell.
    Unknown,
}

/// Endings that say nothing but that a file is a copy or a template.
const COPIES: [&str; 13] =
    ["bak", "old", "orig", "backup", "save", "tmpl", "template", "j2", "example", "sample", "dist", "default", "local"];
const CODE: &str = " java scala sc kt kts groovy gradle py pyi js jsx ts tsx mjs cjs go rs c h cc cpp hpp cs rb php swift sql hql \
                    ddl tf tfvars hcl r dart lua vue html htm css scss proto clj ex exs erl pl pm ";
const PLAIN: &str = " sh bash zsh ksh fish bat cmd ps1 md markdown rst adoc txt text mk csv tsv ";
/// How many lines are looked at.
const LINES: usize = 40;

/// The reader for an entry of this file name.
pub(super) fn recognise(file_name: &str, text: &str) -> TextFormat {
    let name = file_name.to_ascii_lowercase();
    by_name(&name).unwrap_or_else(|| by_content(text))
}

fn by_name(name: &str) -> Option<TextFormat> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if COPIES.contains(&extension) || extension.ends_with('~') || name.ends_with('~') {
        return by_name(if name.ends_with('~') { name.trim_end_matches('~') } else { stem })
            .filter(|_| stem.len() < name.len());
    }
    let listed = |list: &str| !extension.is_empty() && list.split(' ').any(|word| word == extension);
    let format = match extension {
        "json" | "ipynb" | "zpln" | "tfstate" | "avsc" | "jsonl" | "ndjson" | "har" | "json5" | "geojson" => {
            TextFormat::Json
        }
        "yaml" | "yml" => TextFormat::Yaml,
        "xml" | "pom" | "xhtml" | "xsd" | "wsdl" | "xsl" | "xslt" | "jhm" | "iml" | "csproj" | "plist" => {
            TextFormat::Xml
        }
        "properties" | "props" => TextFormat::Properties,
        "ini" | "env" | "cfg" | "conf" | "toml" | "hocon" | "cnf" => TextFormat::Ini,
        "log" | "out" => TextFormat::Log,
        _ if listed(CODE) => TextFormat::Code,
        _ if listed(PLAIN) => TextFormat::Plain,
        _ if matches!(stem, "" | ".env")
            || name == ".env"
            || matches!(name, "credentials" | ".boto" | ".s3cfg" | ".pypirc" | ".npmrc") =>
        {
            TextFormat::Ini
        }
        _ if name.contains(".log.") || name.contains(".out.") => TextFormat::Log,
        _ if name.starts_with("dockerfile") || matches!(name, "makefile" | "readme" | "jenkinsfile" | "procfile") => {
            TextFormat::Plain
        }
        _ => return None,
    };
    Some(format)
}

fn by_content(text: &str) -> TextFormat {
    let lines =
        || text.lines().map(|line| line.get(..400).unwrap_or(line)).filter(|line| !line.trim().is_empty()).take(LINES);
    let Some(first) = lines().next() else { return TextFormat::Unknown };
    let start = first.trim_start();
    match start.as_bytes() {
        [b'{', ..] => return TextFormat::Json,
        [b'[', ..] if !start.trim_end().ends_with(']') || start.contains(['{', '"', ',']) => return TextFormat::Json,
        [b'[', ..] => return TextFormat::Ini,
        [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..] => return TextFormat::Xml,
        [b'#', b'!', ..] => return TextFormat::Plain,
        _ if start.starts_with("---") || start.starts_with("apiVersion:") => return TextFormat::Yaml,
        _ => {}
    }
    if lines()
        .any(|line| line.contains("configuration property: ") || line.contains(" INFO ") || line.contains(" WARN "))
    {
        return TextFormat::Log;
    }
    let (mut pairs, mut colons, mut sections, mut counted) = (0, 0, 0, 0);
    for line in lines().map(str::trim).filter(|line| !line.starts_with(['#', '!', ';'])) {
        counted += 1;
        // Options are those of a command.
        let is_key =
            |key: &str| !key.is_empty() && !key.starts_with('-') && key.bytes().all(super::lookback::is_key_byte);
        pairs += usize::from(line.split_once('=').is_some_and(|(key, _)| is_key(key.trim_end())));
        let item = line.strip_prefix("- ").unwrap_or(line);
        let named =
            item.split_once(':').is_some_and(|(key, rest)| is_key(key) && (rest.is_empty() || rest.starts_with(' ')));
        colons += usize::from(named || line.starts_with("- "));
        sections += usize::from(line.starts_with('[') && line.ends_with(']'));
    }
    let most = |count: usize| count * 10 >= counted * 9 && counted > 0;
    match () {
        () if sections > 0 && most(sections + pairs) => TextFormat::Ini,
        () if most(pairs) => TextFormat::Properties,
        () if most(colons) && colons > 1 => TextFormat::Yaml,
        () => TextFormat::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{TextFormat, recognise};

    #[test]
    fn names_decide() {
        for (name, format) in [
            ("Job.java", TextFormat::Code),
            ("application.properties.bak", TextFormat::Properties),
            ("config.yaml~", TextFormat::Yaml),
            (".env", TextFormat::Ini),
            (".env.local", TextFormat::Ini),
            ("credentials", TextFormat::Ini),
            ("flink-taskmanager.log.1", TextFormat::Log),
            ("Dockerfile.prod", TextFormat::Plain),
            ("note.zpln", TextFormat::Json),
        ] {
            assert_eq!(recognise(name, "x"), format, "{name}");
        }
    }

    #[test]
    fn content_decides_where_names_do_not() {
        for (text, format) in [
            ("\n  {\"a\": 1}", TextFormat::Json),
            ("[{\"a\": 1}]", TextFormat::Json),
            ("[default]\na = b\n", TextFormat::Ini),
            ("<configuration>", TextFormat::Xml),
            ("kind: Secret\ndata:\n  a: b\n", TextFormat::Yaml),
            ("# c\na.b=c\nd=e\n", TextFormat::Properties),
            ("Dear reader,\nthe password is x.\n", TextFormat::Unknown),
            ("", TextFormat::Unknown),
        ] {
            assert_eq!(recognise("-", text), format, "{text}");
        }
    }
}
