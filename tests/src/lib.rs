//! Holds no code: the black-box and contract suites are in `it/`.
