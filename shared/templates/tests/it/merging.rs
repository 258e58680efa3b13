//! Inheritance: what a child gets, keeps and changes.

use cws_templates::merge::{bare_name, conflicts, merge};
use cws_templates::validate::merged_errors;
use cws_templates::{Template, parse};

fn read(yaml: &str) -> Template {
    parse(yaml.as_bytes()).unwrap().template
}

fn parent() -> Template {
    read(
        "name: Parent\ndescription: P\nbase: ubuntu-24.04\nslug: parent\nversion: 3.0.0\npopular: true\nfeatured: true\n\
         long_description: long\nicon: i\ncolor: c\ncategory: cat\ndomain: dom\ncomplexity: simple\nconnection_type: web\n\
         package_manager: conda\npackages: {system: [git, curl], conda: ['python=3.11', numpy], pip: ['x[extra]==1'], spack: []}\n\
         services: [{name: s, port: 80, config: [a], enable: false, command: run, user: u, environment: {A: '1'}}]\n\
         users: [{name: u, groups: [g], shell: /bin/zsh}]\npost_install: echo parent\nuser_data: echo data\n\
         files: [{s3_bucket: bb, s3_key: k, destination_path: /f, owner: root}]\n\
         idle_detection: {enabled: true, idle_threshold_minutes: 10, check_interval_minutes: 1}\n\
         instance_defaults: {type: t3.large, ports: [80, 22], root_volume_gb: 50, estimated_cost_per_hour: {x86_64: 1, arm64: 2}}\n\
         parameters: {p: {type: string, default: a}, q: {type: int}}\nvariables: {v: '1', w: '2'}\n\
         ami_config: {ssm_parameters: {x86_64: /a, arm64: /b}, ssh_user: ubuntu}\n\
         research_user: {auto_create: true, default_groups: [docker], default_environment: {E: '1'}}\n\
         estimated_launch_time: 5\nprerequisites: [one]\nlearning_resources: [book]\nvalidation_status: validated\n\
         tags: {a: '1', b: '2'}\nmaintainer: m\nlast_updated: '2025'\n\
         marketplace: {license: MIT, keywords: [k], downloads: 9, rating: 5, publisher: someone, verified: true}\n",
    )
}

#[test]
fn a_bare_child_gets_every_field_but_the_identity() {
    let child = read("name: Child\ndescription: C\nbase: ubuntu-24.04\n");
    let merged = merge(&[&parent()], &child);
    let mut expected = parent();
    expected.name = "Child".into();
    expected.description = "C".into();
    (expected.slug, expected.version, expected.last_updated, expected.validation_status) =
        (None, None, None, None);
    (expected.popular, expected.featured) = (false, false);
    expected.post_install = Some("echo parent\n".into());
    let catalogue = expected.marketplace.as_mut().unwrap();
    (catalogue.downloads, catalogue.rating, catalogue.publisher, catalogue.verified) =
        (None, None, None, false);
    assert_eq!(merged, expected);
}

#[test]
fn a_child_overrides_adds_and_repeats_nothing() {
    let child = read(
        "name: Child\ndescription: C\nbase: ubuntu-24.04\npackage_manager: pip\n\
         packages: {system: [curl, jq], conda: ['python=3.12'], pip: ['x==2']}\n\
         services: [{name: s, port: 81, config: [a, b], enable: true}, {name: t}]\nusers: [{name: u, groups: [g, h]}, {name: v}]\n\
         post_install: echo child\nfiles: [{s3_bucket: cc, s3_key: k2, destination_path: /f}]\n\
         idle_detection: {idle_threshold_minutes: 20}\ninstance_defaults: {type: m7i.large, ports: [22, 90], estimated_cost_per_hour: {arm64: 3}}\n\
         parameters: {p: {type: string, default: b}}\nvariables: {w: '3'}\nami_config: {ssm_parameters: {arm64: /c}}\n\
         tags: {b: '3', c: '4'}\nprerequisites: [one, two]\n",
    );
    let merged = merge(&[&parent()], &child);
    assert_eq!(merged.packages.system, ["git", "curl", "jq"]);
    assert_eq!(merged.packages.conda, ["python=3.12", "numpy"]);
    assert_eq!(merged.packages.pip, ["x==2"]);
    assert_eq!(merged.services.len(), 2);
    let service = &merged.services[0];
    assert_eq!((service.port, service.enable, service.config.len()), (Some(81), Some(true), 2));
    assert_eq!((service.command.as_deref(), service.environment.len()), (Some("run"), 1));
    assert_eq!(merged.users[0].groups, ["g", "h"]);
    assert_eq!(merged.users[0].shell.as_deref(), Some("/bin/zsh"));
    assert_eq!(merged.post_install.as_deref(), Some("echo parent\n\n# --- Child ---\necho child\n"));
    assert_eq!((merged.files.len(), merged.files[0].s3_bucket.as_str()), (1, "cc"));
    let idle = merged.idle_detection.unwrap();
    assert_eq!(
        (idle.enabled, idle.idle_threshold_minutes, idle.check_interval_minutes),
        (Some(true), Some(20), Some(1))
    );
    let machine = merged.instance_defaults.unwrap();
    assert_eq!((machine.ports, machine.root_volume_gb), (vec![80, 22, 90], Some(50)));
    assert_eq!(machine.estimated_cost_per_hour["arm64"], 3.0);
    assert_eq!(merged.parameters.len(), 2);
    assert_eq!(merged.variables["w"], "3");
    assert_eq!(merged.ami_config.unwrap().ssm_parameters.len(), 2);
    assert_eq!(merged.tags.len(), 3);
    assert_eq!(merged.prerequisites, ["one", "two"]);
}

#[test]
fn a_later_parent_wins_over_an_earlier_one() {
    let one = read("name: One\ndescription: d\nbase: ubuntu\ncategory: first\npost_install: one\n");
    let two = read("name: Two\ndescription: d\nbase: ubuntu\ncategory: second\npost_install: two\n");
    let child = read("name: Child\ndescription: d\nbase: ubuntu\n");
    let merged = merge(&[&one, &two], &child);
    assert_eq!(merged.category.as_deref(), Some("second"));
    assert_eq!(merged.post_install.as_deref(), Some("one\n\n# --- Two ---\ntwo\n"));
}

#[test]
fn another_operating_system_or_parameter_type_is_a_conflict() {
    let child = read("name: C\ndescription: d\nbase: amazonlinux-2023\nparameters: {p: {type: int}}\n");
    let codes: Vec<_> = conflicts(&[&parent()], &child).into_iter().map(|f| f.code).collect();
    assert_eq!(codes, ["structure.base_conflict", "parameter.type_conflict"]);
}

#[test]
fn the_bare_name_of_a_package_is_found_in_every_dialect() {
    for (specification, name) in [
        ("python=3.11", "python"),
        ("bioconda::samtools>=1.2", "samtools"),
        ("torch[cuda]~=2.0", "torch"),
        ("hdf5@1.14+mpi", "hdf5"),
        ("gromacs+mpi %gcc", "gromacs"),
        ("@Desktop", "@Desktop"),
        ("libfoo-dev", "libfoo-dev"),
    ] {
        assert_eq!(bare_name(specification), name, "{specification}");
    }
}

#[test]
fn another_release_of_the_same_system_does_not_fit() {
    let with_base = |base: &str| read(&format!("name: X\ndescription: X\nbase: {base}\n"));
    for (above, below, fits) in [
        ("ubuntu-24.04", "ubuntu-22.04", false),
        ("ubuntu-24.04", "ubuntu-24.04", true),
        ("ubuntu-24.04", "ubuntu-24-04-server", true),
        ("ubuntu-24.04", "ubuntu", true),
        ("ubuntu-24.04", "debian", false),
        ("amazonlinux-2023", "amazon-linux-2023", true),
        ("amazonlinux-2023", "ami-based", false),
        ("ubuntu-24.04", "ami-based", true),
        ("ami-based", "ubuntu-24.04", true),
    ] {
        let found = conflicts(&[&with_base(above)], &with_base(below));
        assert_eq!(found.is_empty(), fits, "{below} under {above}: {found:?}");
        assert!(found.iter().all(|f| f.code == "structure.base_conflict" && f.pointer == "/base"));
    }
}

#[test]
fn a_merged_template_is_judged_as_a_whole_and_the_field_is_named() {
    let errors = |parent: &str, child: &str| -> Vec<(String, String)> {
        let template = |more: &str| read(&format!("name: X\ndescription: X\nbase: ubuntu-24.04\n{more}\n"));
        let merged = merge(&[&template(parent)], &template(child));
        merged_errors(&merged).into_iter().map(|f| (f.code.into_owned(), f.pointer)).collect()
    };
    let found = |code: &str, pointer: &str| vec![(code.to_owned(), pointer.to_owned())];
    let uses = "packages: {system: ['{{.tool}}']}\nparameters: {tool: {default: git}}";
    assert_eq!(errors(uses, "parameters: {tool: {default: jq}}"), []);
    assert_eq!(
        errors(uses, "parameters: {tool: {default: 'git; reboot'}}"),
        found("structure.unsafe_text", "/parameters/tool/default")
    );
    assert_eq!(
        errors("package_manager: apt\npackages: {system: [git]}", "packages: {conda: [numpy]}"),
        found("structure.package_manager", "/packages/conda")
    );
    assert_eq!(
        errors("services: [{name: web, port: 80}]", "services: [{name: other, port: 80}]"),
        found("structure.port_twice", "/services/1/port")
    );
}
