//! Inheritance: folds parents into a child, parents first. Every field is carried; lists keep their order and lose
//! repeats; the child wins wherever both say something.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, pointer_step};
use crate::format::{
    AmiConfig, FileEntry, IdleDetection, InstanceDefaults, Marketplace, Packages, ResearchUser, Service,
    Template, User,
};
use crate::render::OsFamily;

/// The child with its parents merged in, first parent first.
///
/// Identity stays the child's: name, slug, version, `inherits`, `popular`, `featured`, dates, and what a registry
/// measured.
#[must_use]
pub fn merge(parents: &[&Template], child: &Template) -> Template {
    let mut above = parents.iter();
    let Some(first) = above.next() else { return child.clone() };
    let inherited = above.fold((*first).clone(), |acc, parent| overlay(&acc, parent));
    overlay(&inherited, child)
}

/// What does not fit together: operating systems, package managers, and types of one parameter.
#[must_use]
pub fn conflicts(parents: &[&Template], child: &Template) -> Vec<Finding> {
    let mut found = Vec::new();
    for parent in parents {
        if !bases_fit(&parent.base, &child.base) {
            found.push(
                Finding::error(
                    "structure.base_conflict",
                    "/base",
                    format!(
                        "base `{}` differs from `{}` of parent `{}`",
                        child.base, parent.base, parent.name
                    ),
                )
                .fix("use the parent's base, or inherit from another template"),
            );
        }
        for (name, parameter) in &child.parameters {
            if parent.parameters.get(name).is_some_and(|p| p.kind != parameter.kind) {
                found.push(Finding::error(
                    "parameter.type_conflict",
                    &format!("/parameters{}", pointer_step(name)),
                    format!("parameter `{name}` has another type in parent `{}`", parent.name),
                ));
            }
        }
    }
    found
}

/// Whether what a parent installs can be installed on the child's base: the same family and the same release, as far
/// as both name one. An image of the child's own must have the tools of its parent's family.
fn bases_fit(parent: &str, child: &str) -> bool {
    let (above, below) = (OsFamily::of(parent), OsFamily::of(child));
    let image = |base: &str| base.trim().eq_ignore_ascii_case("ami-based");
    if image(parent) {
        return true;
    }
    if image(child) {
        return above.is_none_or(OsFamily::uses_apt);
    }
    let releases = release(parent).zip(release(child));
    above == below && releases.is_none_or(|(above, below)| above == below)
}

/// The release that a base names: `24.04` of `ubuntu-24.04`, or of `ubuntu-24-04-server`.
fn release(base: &str) -> Option<String> {
    let from = base.find(|c: char| c.is_ascii_digit())?;
    let (_, text) = base.split_at(from);
    let numbers = text.split(['.', '-', '_']).take_while(|part| part.bytes().all(|b| b.is_ascii_digit()));
    Some(numbers.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("."))
}

fn overlay(parent: &Template, child: &Template) -> Template {
    Template {
        name: child.name.clone(),
        slug: child.slug.clone(),
        description: child.description.clone(),
        long_description: over(&parent.long_description, &child.long_description),
        base: child.base.clone(),
        icon: over(&parent.icon, &child.icon),
        color: over(&parent.color, &child.color),
        popular: child.popular,
        featured: child.featured,
        category: over(&parent.category, &child.category),
        domain: over(&parent.domain, &child.domain),
        complexity: child.complexity.or(parent.complexity),
        inherits: child.inherits.clone(),
        connection_type: child.connection_type.or(parent.connection_type),
        package_manager: child.package_manager.or(parent.package_manager),
        packages: packages(&parent.packages, &child.packages),
        services: by_name(&parent.services, &child.services, |s| &s.name, service),
        users: by_name(&parent.users, &child.users, |u| &u.name, user),
        post_install: script(parent, child),
        user_data: over(&parent.user_data, &child.user_data),
        files: by_name(&parent.files, &child.files, |f| &f.destination_path, |_, f: &FileEntry| f.clone()),
        idle_detection: both(&parent.idle_detection, &child.idle_detection, idle),
        instance_defaults: both(&parent.instance_defaults, &child.instance_defaults, instance),
        parameters: maps(&parent.parameters, &child.parameters),
        variables: maps(&parent.variables, &child.variables),
        ami_config: both(&parent.ami_config, &child.ami_config, images),
        research_user: both(&parent.research_user, &child.research_user, researcher),
        estimated_launch_time: child.estimated_launch_time.or(parent.estimated_launch_time),
        prerequisites: union(&parent.prerequisites, &child.prerequisites),
        learning_resources: union(&parent.learning_resources, &child.learning_resources),
        version: child.version.clone(),
        validation_status: child.validation_status,
        tags: maps(&parent.tags, &child.tags),
        maintainer: over(&parent.maintainer, &child.maintainer),
        last_updated: child.last_updated.clone(),
        marketplace: match (&parent.marketplace, &child.marketplace) {
            (None, child) => child.clone(),
            (Some(parent), child) => Some(catalogue(parent, &child.clone().unwrap_or_default())),
        },
    }
}

fn over<T: Clone>(parent: &Option<T>, child: &Option<T>) -> Option<T> {
    child.clone().or_else(|| parent.clone())
}

fn both<T: Clone>(parent: &Option<T>, child: &Option<T>, fold: impl Fn(&T, &T) -> T) -> Option<T> {
    match (parent, child) {
        (Some(parent), Some(child)) => Some(fold(parent, child)),
        (parent, child) => over(parent, child),
    }
}

fn maps<V: Clone>(parent: &BTreeMap<String, V>, child: &BTreeMap<String, V>) -> BTreeMap<String, V> {
    let mut merged = parent.clone();
    merged.extend(child.iter().map(|(k, v)| (k.clone(), v.clone())));
    merged
}

fn union<T: Clone + Ord>(parent: &[T], child: &[T]) -> Vec<T> {
    let mut seen = BTreeSet::new();
    parent.iter().chain(child).filter(|item| seen.insert(*item)).cloned().collect()
}

/// One item a name: the child's is folded into the parent's, at the parent's place.
fn by_name<T: Clone>(
    parent: &[T],
    child: &[T],
    name: impl Fn(&T) -> &String,
    fold: impl Fn(&T, &T) -> T,
) -> Vec<T> {
    let mut merged: Vec<T> = Vec::with_capacity(parent.len() + child.len());
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for item in parent.iter().chain(child) {
        match places.get(name(item).as_str()).and_then(|place| merged.get_mut(*place)) {
            Some(known) => *known = fold(known, item),
            None => {
                places.insert(name(item), merged.len());
                merged.push(item.clone());
            }
        }
    }
    merged
}

fn packages(parent: &Packages, child: &Packages) -> Packages {
    Packages {
        system: specifications(&parent.system, &child.system),
        conda: specifications(&parent.conda, &child.conda),
        spack: specifications(&parent.spack, &child.spack),
        pip: specifications(&parent.pip, &child.pip),
    }
}

/// Packages by bare name: `python=3.12` of a child replaces `python=3.11` of its parent.
fn specifications(parent: &[String], child: &[String]) -> Vec<String> {
    let mut merged: Vec<String> = Vec::with_capacity(parent.len() + child.len());
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for item in parent.iter().chain(child) {
        match places.get(bare_name(item)).and_then(|place| merged.get_mut(*place)) {
            Some(known) => known.clone_from(item),
            None => {
                places.insert(bare_name(item), merged.len());
                merged.push(item.clone());
            }
        }
    }
    merged
}

/// The name of a package specification, without channel, version, variant or extras.
#[must_use]
pub fn bare_name(specification: &str) -> &str {
    let after_channel = specification.rsplit_once("::").map_or(specification, |(_, name)| name);
    let end =
        after_channel.find(['=', '<', '>', '!', '~', '[', ' ', '%', '+']).unwrap_or(after_channel.len());
    let (name, _) = after_channel.split_at(end);
    match name.split_once('@') {
        Some((before, _)) if !before.is_empty() => before,
        _ => name,
    }
}

fn service(parent: &Service, child: &Service) -> Service {
    Service {
        name: child.name.clone(),
        port: child.port.or(parent.port),
        config: union(&parent.config, &child.config),
        enable: child.enable.or(parent.enable),
        command: over(&parent.command, &child.command),
        user: over(&parent.user, &child.user),
        bind: over(&parent.bind, &child.bind),
        token: child.token || parent.token,
        environment: maps(&parent.environment, &child.environment),
        description: over(&parent.description, &child.description),
    }
}

fn user(parent: &User, child: &User) -> User {
    User {
        name: child.name.clone(),
        groups: union(&parent.groups, &child.groups),
        shell: over(&parent.shell, &child.shell),
    }
}

fn script(parent: &Template, child: &Template) -> Option<String> {
    let part =
        |t: &Template| t.post_install.as_deref().map(|s| s.trim_end().to_owned()).filter(|s| !s.is_empty());
    match (part(parent), part(child)) {
        (Some(above), Some(below)) => {
            let label: String = child.name.chars().filter(|c| !c.is_control()).collect();
            Some(format!("{above}\n\n# --- {label} ---\n{below}\n"))
        }
        (above, below) => below.or(above).map(|text| text + "\n"),
    }
}

fn idle(parent: &IdleDetection, child: &IdleDetection) -> IdleDetection {
    IdleDetection {
        enabled: child.enabled.or(parent.enabled),
        idle_threshold_minutes: child.idle_threshold_minutes.or(parent.idle_threshold_minutes),
        hibernate_threshold_minutes: child.hibernate_threshold_minutes.or(parent.hibernate_threshold_minutes),
        check_interval_minutes: child.check_interval_minutes.or(parent.check_interval_minutes),
    }
}

fn instance(parent: &InstanceDefaults, child: &InstanceDefaults) -> InstanceDefaults {
    InstanceDefaults {
        instance_type: over(&parent.instance_type, &child.instance_type),
        ports: union(&parent.ports, &child.ports),
        root_volume_gb: child.root_volume_gb.or(parent.root_volume_gb),
        estimated_cost_per_hour: maps(&parent.estimated_cost_per_hour, &child.estimated_cost_per_hour),
    }
}

fn images(parent: &AmiConfig, child: &AmiConfig) -> AmiConfig {
    AmiConfig {
        ssm_parameters: maps(&parent.ssm_parameters, &child.ssm_parameters),
        strategy: child.strategy.or(parent.strategy),
        ami_mappings: maps(&parent.ami_mappings, &child.ami_mappings),
        ami_search: over(&parent.ami_search, &child.ami_search),
        marketplace_search: over(&parent.marketplace_search, &child.marketplace_search),
        fallback_strategy: child.fallback_strategy.or(parent.fallback_strategy),
        fallback_timeout: over(&parent.fallback_timeout, &child.fallback_timeout),
        preferred_architecture: over(&parent.preferred_architecture, &child.preferred_architecture),
        instance_family_preference: if child.instance_family_preference.is_empty() {
            parent.instance_family_preference.clone()
        } else {
            child.instance_family_preference.clone()
        },
        amis: maps(&parent.amis, &child.amis),
        instance_types: maps(&parent.instance_types, &child.instance_types),
        user_data_script: over(&parent.user_data_script, &child.user_data_script),
        ssh_user: over(&parent.ssh_user, &child.ssh_user),
    }
}

fn researcher(parent: &ResearchUser, child: &ResearchUser) -> ResearchUser {
    ResearchUser {
        auto_create: child.auto_create.or(parent.auto_create),
        default_shell: over(&parent.default_shell, &child.default_shell),
        default_groups: union(&parent.default_groups, &child.default_groups),
        default_environment: maps(&parent.default_environment, &child.default_environment),
        require_efs: child.require_efs.or(parent.require_efs),
        efs_mount_point: over(&parent.efs_mount_point, &child.efs_mount_point),
        efs_home_subdirectory: over(&parent.efs_home_subdirectory, &child.efs_home_subdirectory),
        install_ssh_keys: child.install_ssh_keys.or(parent.install_ssh_keys),
        user_integration: over(&parent.user_integration, &child.user_integration),
    }
}

/// What describes the content is inherited; what a registry measured or when it was published is not.
fn catalogue(parent: &Marketplace, child: &Marketplace) -> Marketplace {
    Marketplace {
        license: over(&parent.license, &child.license),
        keywords: union(&parent.keywords, &child.keywords),
        categories: union(&parent.categories, &child.categories),
        documentation_url: over(&parent.documentation_url, &child.documentation_url),
        compatibility: union(&parent.compatibility, &child.compatibility),
        dependencies: union(&parent.dependencies, &child.dependencies),
        ..child.clone()
    }
}
