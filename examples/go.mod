module assay/examples

go 1.26
