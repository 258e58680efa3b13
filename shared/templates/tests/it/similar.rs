//! Names too close to an existing one: 200 squats, and names that really stand beside each other.

use crate::squats::{TARGETS, squats};
use cws_templates::name::check_name;
use cws_templates::similar::{Keys, Kind, closest, passes_for};
use proptest::prelude::*;

/// Names of research software and environments that exist beside each other.
const REAL: &str = "python-ml deep-learning-gpu r-rstudio jupyter-datascience bioinformatics geospatial \
    computational-chemistry social-science-statistics julia-hpc desktop-dcv ubuntu-24-04-base ubuntu-22-04-base \
    amazon-linux-2023-base amazon-linux-2-base rocky-9-base rocky-8-base debian-12-base numpy scipy pandas polars \
    matplotlib seaborn scikit-learn scikit-image pytorch torchvision tensorflow keras jax flax xgboost lightgbm catboost \
    statsmodels sympy networkx igraph graph-tool dask ray spark hadoop kafka airflow prefect dagster snakemake nextflow \
    cromwell samtools bcftools bedtools vcftools bwa bowtie star-aligner hisat2 minimap2 salmon kallisto stringtie \
    cufflinks trinity spades megahit canu flye raven quast busco prokka bakta augustus maker blast diamond hmmer mafft \
    muscle clustal iqtree raxml beast mrbayes phylip plink gcta regenie gatk picard fastqc fastp multiqc trimmomatic \
    cutadapt seurat scanpy anndata cellranger velocyto monocle harmony qiime mothur kraken metaphlan humann gromacs \
    openmm namd lammps amber charmm psi4 nwchem orca-chem gaussian cp2k quantum-espresso vasp-tools siesta abinit \
    yambo pyscf xtb rdkit openbabel autodock vina dock6 rosetta alphafold openfold esmfold relion cryosparc eman \
    phenix coot pymol vmd chimera ovito paraview visit vtk blender gdal geopandas rasterio xarray cartopy folium qgis \
    grass saga-gis postgis sentinel landsat-tools earthengine wrf cesm mom6 roms delft3d swat modflow openfoam su2 \
    fenics firedrake dealii moose nektar petsc trilinos hypre slepc fftw openblas lapack mpich openmpi mvapich hdf5 \
    netcdf zarr adios singularity podman docker-research kubernetes slurm-node pbs-node htcondor julia-lang octave \
    scilab maxima sagemath gap-system pari macaulay rstudio-desktop shiny-server quarto knitr tidyverse lavaan stan \
    brms jags openbugs greta pymc numpyro edward mplus-tools stata-connect spss-reader gretl jamovi jasp psychopy \
    opensesame fieldtrip eeglab mne-python fsl freesurfer afni spm-octave ants itksnap slicer nilearn dipy fmriprep \
    heudiconv datalad bids-tools dicom-viewer imagej fiji cellprofiler ilastik napari omero stardist cellpose \
    huggingface transformers-lab langchain ollama vllm-server label-studio mlflow wandb-local tensorboard dvc kedro \
    superset metabase grafana redis-stack postgres-research mysql-research mongodb neo4j elasticsearch opensearch \
    digital-humanities text-mining-nltk spacy-lab stanza gensim mallet voyant openrefine omeka tei-publisher astro-python \
    astropy casa-radio iraf topcat ds9 healpy yt-project gadget enzo athena-pp root-cern geant4 pythia madgraph rivet \
    economics-dynare dynare oxmetrics matlab-online mathematica-kernel labview-reader latex-writing overleaf-local \
    web-dev nodejs-lab rust-lab go-lab cpp-dev fortran-dev java-lab android-build embedded-dev fpga-tools verilator";

fn real() -> Vec<&'static str> {
    REAL.split_whitespace().collect()
}

#[test]
fn at_least_95_percent_of_200_squats_are_caught() {
    let all: Vec<(&str, String)> =
        TARGETS.iter().flat_map(|t| squats(t).into_iter().map(move |s| (*t, s))).collect();
    assert_eq!(all.len(), 200);
    assert!(all.iter().all(|(target, squat)| target != squat), "{all:?}");
    let caught = |squat: &str| check_name(squat).is_err() || closest(squat, real()).is_some();
    let missed: Vec<_> = all.iter().filter(|(_, squat)| !caught(squat)).collect();
    assert!(missed.len() * 20 <= all.len(), "{missed:#?}");
}

#[test]
fn at_most_2_percent_of_real_names_are_refused() {
    let names = real();
    assert!(names.len() >= 250, "{}", names.len());
    let refused: Vec<_> = names.iter().filter_map(|name| closest(name, real()).map(|r| (name, r))).collect();
    assert!(refused.len() * 50 <= names.len(), "{refused:#?}");
}

#[test]
fn each_kind_of_closeness_is_named() {
    for (name, existing, kind) in [
        ("pythonml", "python-ml", Kind::Folded),
        ("PYTHON_ML", "python-ml", Kind::Folded),
        ("pуthon-ml", "python-ml", Kind::Folded),
        ("sarntools", "samtools", Kind::Folded),
        ("ge0spatial", "geospatial", Kind::Folded),
        ("gromac", "gromacs", Kind::Omission),
        ("grommacs", "gromacs", Kind::Repetition),
        ("gormacs", "gromacs", Kind::Swap),
        ("grnmacs", "gromacs", Kind::Bitflip),
        ("grpmacs", "gromacs", Kind::Typo),
        ("gromacs-v2", "gromacs", Kind::Suffix),
        ("official-gromacs", "gromacs", Kind::Suffix),
        ("ml-python", "python-ml", Kind::Reordered),
    ] {
        let reason = closest(name, [existing]).unwrap_or_else(|| panic!("{name} beside {existing}"));
        assert_eq!((reason.existing.as_str(), reason.kind), (existing, kind), "{name}");
    }
}

#[test]
fn other_names_stand_beside_each_other() {
    for (name, existing) in [
        ("ubuntu-24-04-base", "ubuntu-22-04-base"),
        ("rocky-9-base", "rocky-8-base"),
        ("python-ml", "python-ml"),
        ("python-web", "python-ml"),
        ("vasp", "wasp"),
        ("r-base", "r-shiny"),
        ("geospatial-advanced", "geospatial"),
        ("gpu", "cpu"),
    ] {
        assert_eq!(
            closest(name, [existing]).map(|r| r.kind).filter(|k| *k != Kind::Bitflip),
            None,
            "{name} {existing}"
        );
    }
}

/// Whether the index would let a claim of one name see the other.
fn meet(new: &str, existing: &str) -> bool {
    !Keys::of(new).asked.is_disjoint(&Keys::of(existing).filed)
}

#[test]
fn every_squat_meets_its_target_in_the_index() {
    for (target, squat) in TARGETS.iter().flat_map(|t| squats(t).into_iter().map(move |s| (*t, s))) {
        if closest(&squat, [target]).is_some() {
            assert!(meet(&squat, target) && meet(target, &squat), "{squat} and {target}");
        }
    }
    for (name, existing) in
        [("ml-python", "python-ml"), ("cl0ud-darn1", "doud-dam1"), ("official-gr0macs", "0fficial-gromacs")]
    {
        assert!(closest(name, [existing]).is_some() && meet(name, existing), "{name} and {existing}");
    }
}

#[test]
fn a_name_is_filed_under_few_keys() {
    for name in real() {
        let keys = Keys::of(name);
        assert!(keys.filed.len() <= 6 && keys.asked.len() <= 8, "{name}: {keys:?}");
        assert!(keys.filed.is_subset(&keys.asked));
    }
}

#[test]
fn what_passes_for_a_word_is_told_from_what_holds_its_letters() {
    for (name, passes) in
        [("cws", true), ("cvvs", true), ("cws2", true), ("lab-cws", true), ("cwslab", false), ("cow", false)]
    {
        assert_eq!(passes_for(name, &["cws"]).is_some(), passes, "{name}");
    }
}

/// A name, and another that differs from it in one of the ways that are refused, or in two.
fn changed(name: &str, at: usize, letter: char, how: u8) -> String {
    let mut chars: Vec<char> = name.chars().collect();
    let at = at % chars.len();
    match how % 8 {
        0 => {
            chars.remove(at);
        }
        1 => chars.insert(at, letter),
        2 => chars[at] = letter,
        3 if at + 1 < chars.len() => chars.swap(at, at + 1),
        4 => return format!("{name}-{}", ["2", "v3", "new", "latest", "12"][at % 5]),
        5 => return format!("official-{name}"),
        6 => {
            let mut words: Vec<&str> = name.split('-').collect();
            words.reverse();
            return words.join("-");
        }
        _ => {
            return name
                .replace('o', "0")
                .replace('m', "rn")
                .replace('w', "vv")
                .replace('d', "cl")
                .replace('l', "1");
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn whatever_is_too_close_meets_in_the_index(
        name in "[a-dlmnorvw012]{2,7}(-[a-dlmnorvw01]{1,5}){0,2}",
        at in 0_usize..20,
        letter in proptest::char::ranges(vec!['a'..='d', 'l'..='o', '0'..='2', '-'..='-'].into()),
        how in 0_u8..8,
        more in 0_u8..16,
    ) {
        let other = changed(&name, at, letter, how);
        let other = if more < 8 && !other.is_empty() { changed(&other, at / 2, letter, more) } else { other };
        if !other.is_empty() && closest(&other, [name.as_str()]).is_some() {
            prop_assert!(meet(&other, &name), "{other} and {name}");
            prop_assert!(closest(&name, [other.as_str()]).is_some(), "closeness goes both ways: {other} and {name}");
            prop_assert!(meet(&name, &other), "{name} and {other}");
        }
    }
}
