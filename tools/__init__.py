"""Programs that write what is generated: pages, tables of options, the golden schema of the components."""
