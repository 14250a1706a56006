"""Runs in a process of its own, with what a Jupyter needs: a notebook, or one cell with somebody who answers."""

import json
import sys


def run_notebook(file: str) -> list[str]:
    """What the cells of a notebook print; nobody answers questions."""
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(file, as_version=4)
    NotebookClient(book, kernel_name="python3", timeout=120).execute()
    return ["".join(one.get("text", "") for one in cell.get("outputs", [])) for cell in book.cells]


def run_cell(code: str, *answers: str) -> list[str]:
    """What one cell prints, the questions that it asked in front."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    shown, left = [], list(answers)

    def answer(message: dict) -> None:
        shown.append(message["content"]["prompt"])
        client.input(left.pop(0))

    def output(message: dict) -> None:
        content = message["content"]
        shown.append(content.get("text") or content.get("evalue") or "")

    try:
        client.execute_interactive(code, allow_stdin=True, stdin_hook=answer, output_hook=output, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return shown


if __name__ == "__main__":
    run = {"notebook": run_notebook, "cell": run_cell}[sys.argv[1]]
    print(json.dumps(run(*sys.argv[2:])))
