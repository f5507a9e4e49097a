"""Reports as data, one module a question; the terminal, the board, the page and files only render them."""
