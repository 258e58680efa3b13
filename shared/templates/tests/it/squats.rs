//! Two hundred squats: names made to be mistaken for others. The route that claims names is tested with them too.

/// Names that are imitated.
pub(crate) const TARGETS: [&str; 25] = [
    "python-ml",
    "deep-learning-gpu",
    "r-rstudio",
    "jupyter-datascience",
    "bioinformatics",
    "geospatial",
    "computational-chemistry",
    "julia-hpc",
    "desktop-dcv",
    "tensorflow",
    "scikit-learn",
    "snakemake",
    "nextflow",
    "samtools",
    "gromacs",
    "alphafold",
    "openfoam",
    "freesurfer",
    "tidyverse",
    "paraview",
    "quantum-espresso",
    "geopandas",
    "cellprofiler",
    "kubernetes",
    "transformers-lab",
];

/// Eight squats of a name, made by hand-written rules of their own.
pub(crate) fn squats(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let middle = chars.len() / 2;
    let letter = (middle..chars.len()).find(|i| chars[*i].is_ascii_lowercase()).unwrap();
    let with =
        |at: usize, c: char| chars.iter().enumerate().map(|(i, x)| if i == at { c } else { *x }).collect();
    let mut omitted = chars.clone();
    omitted.remove(letter);
    let mut doubled = chars.clone();
    doubled.insert(letter, chars[letter]);
    let mut swapped = chars.clone();
    let at = (1..chars.len() - 1)
        .find(|i| chars[*i] != chars[i + 1] && chars[*i] != '-' && chars[i + 1] != '-')
        .unwrap();
    swapped.swap(at, at + 1);
    let keyboard = |c: char| "qwsedrftgyhujikolpmnbvcxza".chars().nth(((c as usize) + 5) % 26).unwrap();
    let flip = [1_u8, 2, 4, 8, 16]
        .into_iter()
        .map(|b| char::from(chars[letter] as u8 ^ b))
        .find(char::is_ascii_lowercase)
        .unwrap();
    let fold = if name.contains('-') {
        name.replace('-', "")
    } else {
        format!("{}-{}", &name[..middle], &name[middle..])
    };
    let neighbour = if keyboard(chars[letter]) == chars[letter] { 'q' } else { keyboard(chars[letter]) };
    let version = ["2", "-v2", "-2", "-latest", "-official"][name.len() % 5];
    vec![
        omitted.into_iter().collect(),
        doubled.into_iter().collect(),
        swapped.into_iter().collect(),
        with(letter, flip),
        with(letter, neighbour),
        format!("{name}{version}"),
        fold,
        name.replacen('o', "0", 1).replacen('a', "а", 1).replacen(
            'e',
            "е",
            usize::from(!name.contains(['o', 'a'])),
        ),
    ]
}
