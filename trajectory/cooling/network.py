"""A thermal network, stepped implicitly for any number of cabins at once.

C_i dT_i/dt = Q_i + sum G_ij (T_j - T_i) + sum R_ij sigma (T_j^4 - T_i^4) + sum W_ij (T_j - T_i), the last of flows that carry
heat one way. Backward Euler; radiation along its tangent at the temperature of the step's start (Hairer & Wanner, Solving
Ordinary Differential Equations II, section IV.7, the linearly implicit Euler method). The linear equations are eliminated
node by node with a vector of all cabins in each place, and kept until a coefficient changes. What leaves one node arrives
at the other, so that the energy closes to rounding. Lumped nodes: the Biot number of each is below 0.1 (Incropera & DeWitt,
section 5.2).
"""

from __future__ import annotations

import numpy as np

STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m2 K4), CODATA 2018
SETTLED = 1e-9  # K


def defects(nodes: dict[str, tuple[bool, bool]], links: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """What is wrong with a network: (key, sentence) each. nodes: name -> (held at a temperature, has a heat capacity)."""
    found = []
    near: dict[str, set[str]] = {name: set() for name in nodes}
    for name, (a, b) in links.items():
        for end in (a, b):
            if end not in nodes:
                found.append((f"link.{name}", f"there is no node {end!r}; allowed: {', '.join(nodes)}"))
        if a == b:
            found.append((f"link.{name}", f"leads from {a!r} to itself"))
        if a in nodes and b in nodes and a != b:
            near[a].add(b)
            near[b].add(a)
    for name, (held, _) in nodes.items():
        if not near[name] and not (held and not links):
            found.append((f"node.{name}", "is connected with nothing: a link is due"))
    light = [n for n, (held, stores) in nodes.items() if not held and not stores]
    for circle in circles(light, near):
        found.append((f"node.{circle[0]}", f"has no heat capacity, in a cycle without any: {' - '.join(circle)}"))
    return found


def circles(names, near) -> list[list[str]]:
    """One cycle among the named nodes for each part of the network that holds one."""
    seen, out = set(), []
    for start in names:
        if start in seen:
            continue
        stack, parents = [(start, None)], {}
        while stack:
            here, before = stack.pop()
            if here in parents:
                continue
            parents[here] = before
            seen.add(here)
            for other in sorted(near[here] & set(names)):
                if other in parents and other != before:
                    line = [here]
                    while line[-1] is not None and line[-1] != other:
                        line.append(parents[line[-1]])
                    out.append([x for x in line if x is not None])
                    stack = []
                    break
                stack.append((other, here))
    return out


class Network:
    """The equations of one step length. capacity: J/K of each node, numbers or vectors, 0 for a node that stores nothing.
    held: whether its temperature is given. links: (a, b, kind) by place, kind "conduction" W/K, "radiation" m2, or "flow"
    W/K from a into b. seconds: infinity asks for the balance, to which `advance` then comes nearer at each call."""

    def __init__(self, capacity, held, links, seconds: float):
        self.held, self.links, self.seconds = list(held), list(links), seconds
        self.inertia = [c / seconds if seconds < np.inf else 0.0 for c in capacity]
        self.factors: dict[tuple, tuple] = {}  # by the links at work: their strengths, and the elimination

    def advance(self, t, heat, strength):
        """(temperatures K a step later, W that came from the nodes held). t, heat W: one for each node; strength: one for each
        link, None where it does nothing. Strengths that are the same objects as before are not eliminated anew."""
        at_work = tuple(i for i, s in enumerate(strength) if s is not None)
        new, gained = list(t), 0.0
        for nodes, some in self.groups(at_work):
            now, extra = [], {}
            for i in some:
                a, b, kind = self.links[i]
                if kind == "radiation":  # along the tangent: W/K of either end, and what is left of the law
                    x, y = t[a] * t[a], t[b] * t[b]
                    k = strength[i] * STEFAN_BOLTZMANN
                    here, there = 4.0 * k * x * t[a], 4.0 * k * y * t[b]
                    now.append((here, there))
                    rest = -3.0 * k * (x * x - y * y)
                    extra[a], extra[b] = extra.get(a, 0.0) - rest, extra.get(b, 0.0) + rest
                    gained = gained - rest * (int(self.held[b]) - int(self.held[a]))
                else:
                    now.append((strength[i], strength[i]))
            ops, upper, inverse, given = self.factored(nodes, some, now)
            right = {i: self.inertia[i] * t[i] + heat[i] + extra.get(i, 0.0) for i in nodes}
            for i, j, coefficient in given:
                right[i] = right[i] + coefficient * t[j]
            for i, k, ratio in ops:
                right[i] = right[i] + ratio * right[k]
            for k in reversed(nodes):
                for j, coefficient in upper[k]:
                    right[k] = right[k] - coefficient * right[j]
                new[k] = right[k] = right[k] * inverse[k]
            for i, (here, there) in zip(some, now, strict=True):
                a, b, kind = self.links[i]
                if kind == "flow" and not self.held[b] or self.held[a]:
                    gained = gained + (here * new[a] - there * new[b])
                elif kind != "flow" and self.held[b]:
                    gained = gained - (here * new[a] - there * new[b])
        return new, gained

    def groups(self, at_work):
        """Parts of the network that hang together: (free nodes in the order of their elimination, links) each."""
        key = ("groups", at_work)
        if key not in self.factors:
            near = {i: set() for i, held in enumerate(self.held) if not held}
            for i in at_work:
                a, b, _ = self.links[i]
                if a in near and b in near:
                    near[a].add(b)
                    near[b].add(a)
            found, seen = [], set()
            for first in near:
                if first in seen:
                    continue
                part, stack = set(), [first]
                while stack:
                    here = stack.pop()
                    if here not in part:
                        part.add(here)
                        stack += near[here]
                seen |= part
                left, order = {k: set(near[k]) for k in part}, []
                while left:  # the node with the fewest neighbours goes first (Tinney & Walker 1967)
                    k = min(left, key=lambda x: (len(left[x]), x))
                    beside = left.pop(k)
                    for j in beside:
                        left[j] = (left[j] | beside) - {j, k}
                    order.append(k)
                links = [i for i in at_work if self.links[i][0] in part or self.links[i][1] in part]
                found.append((tuple(order), tuple(links)))
            self.factors[key] = found
        return self.factors[key]

    def factored(self, nodes, some, now):
        """(what is added to the right side on the way down, rows above the diagonal, 1/diagonal, what held nodes give)."""
        kept = self.factors.get((nodes, some))
        if kept is not None and all(x is u and y is v for (x, y), (u, v) in zip(now, kept[0], strict=True)):
            return kept[1]
        rows: dict[int, dict] = {i: {i: self.inertia[i]} for i in nodes}
        given = []
        for i, (here, there) in zip(some, now, strict=True):
            a, b, kind = self.links[i]
            for one, other, own, its in ((a, b, here, there), (b, a, there, here)):
                if one not in rows or (kind == "flow" and one == a):
                    continue
                rows[one][one] = rows[one][one] + own
                if other in rows:
                    rows[one][other] = rows[one].get(other, 0.0) - its
                else:
                    given.append((one, other, its))
        ops, upper, inverse = [], {}, {}
        for place, k in enumerate(nodes):
            inverse[k] = 1.0 / np.asarray(rows[k][k])
            later = nodes[place + 1 :]
            upper[k] = [(j, rows[k][j]) for j in later if j in rows[k]]
            for i in later:
                if k in rows[i]:
                    ratio = -rows[i].pop(k) * inverse[k]
                    ops.append((i, k, ratio))
                    for j, entry in upper[k]:
                        rows[i][j] = rows[i].get(j, 0.0) + ratio * entry
        made = (ops, upper, inverse, given)
        self.factors[(nodes, some)] = (now, made)
        return made


def balance(t, held, heat, links):
    """Temperatures K at which nothing changes any more. links: (a, b, kind, strength). ValueError where there is none: heat
    that has no way out, or radiation that does not settle."""
    ways = Network([0.0] * len(t), held, [x[:3] for x in links], np.inf)
    strength = [x[3] for x in links]
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(200):
            new, _ = ways.advance(t, heat, strength)
            moved = max(float(np.max(np.abs(np.asarray(x) - y))) for x, y in zip(new, t, strict=True))
            t = new
            if not np.isfinite(moved):
                raise ValueError("no balance: heat goes in that has no way out")
            if moved < SETTLED:
                return t
    raise ValueError("no balance: the radiation does not settle")
