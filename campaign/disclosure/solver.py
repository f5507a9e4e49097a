"""The solver HiGHS: silent, on one thread and limited by steps, so that its answers are reproducible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

_NODES = 200
"""The limit of the search for integral solutions, in nodes."""

_FEASIBLE = 2
"""The status of a feasible solution."""


def quiet_solver() -> Any:
    """A solver without a model (Huangfu and Hall, Mathematical Programming Computation 10 (2018), 119-142).

    The class beneath the public one, which prints a banner.
    """
    from highspy._core import _Highs

    solver = _Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 1),
        ("mip_max_nodes", _NODES),
        ("mip_max_improving_sols", 1),
    ):
        solver.setOptionValue(option, value)
    return solver


def linear_program(
    bounds: tuple[Any, Any], matrix: tuple[Any, Any, Any], sides: tuple[Any, Any], costs: Any = None
) -> Any:
    """A linear program: bounds of columns, rows as (starts, places, signs), sides of rows, costs."""
    import highspy
    import numpy

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(bounds[0]), len(sides[0])
    program.col_cost_ = numpy.zeros(len(bounds[0])) if costs is None else costs
    program.col_lower_, program.col_upper_ = bounds
    program.row_lower_, program.row_upper_ = sides
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_, program.a_matrix_.num_row_ = program.num_col_, program.num_row_
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = matrix
    return program


def solved(solver: Any, program: Any = None, integral: bool = False) -> NDArray[float64] | None:
    """The optimal columns of the model of the solver, or of ``program``; None when none was found."""
    import highspy
    import numpy

    if integral:
        program.integrality_ = [highspy.HighsVarType.kInteger] * program.num_col_
    if program is not None:
        solver.passModel(program)
    solver.run()
    if solver.getInfo().primal_solution_status != _FEASIBLE:
        return None
    return numpy.array(solver.getSolution().col_value)
