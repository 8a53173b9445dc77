"""Writes trained weights as an extension of the fetched network: `export.py WEIGHTS.npz models/trained/NAME.onnx`.

The file is a ModelProto that holds only what is added: nodes behind the tap, their weights (halves), and one output, NAME, the
weighted mean of both heads' logits after softmax. Protocol buffers that are laid end to end merge, so the fetched file followed by this one is the whole
network, and nothing of the fetched weights is in it.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

import net
import pool

# Length of a change to a row of the head below which it is left out.
LEAST = 0.12
# Weight of the trained head's logits against the fetched one's. On writers that training has not seen 0.3 to 0.7 are alike, on
# others 0.7 is best; the fetched head has seen real hands, the trained one has not.
OWN_SHARE = 0.7
# What is added to the logits of characters of GB 2312's second level, of others that stand in lists of names, and of the rest (natural log):
# about the ratio of their shares in what people write to those in the lines of training.
SECOND_LEVEL, RARE_NAME, FOREIGN = -0.7, -1.5, -4.0
# What classes that were not trained lose (natural log): they are far rarer than what they look like.
UNTRAINED = 2.0
BASE_LOGITS = "p2o.pd_op.add.79.0"


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, value, name, half=True):
        value = np.asarray(value)
        if not half:
            self.weights.append(numpy_helper.from_array(value, f"own/{name}"))
            return f"own/{name}"
        self.weights.append(numpy_helper.from_array(value.astype(np.float16), f"own/{name}/half"))
        return self.node("Cast", [f"own/{name}/half"], to=TensorProto.FLOAT)

    def node(self, op, inputs, output=None, **attributes):
        self.count += 1
        output = output or f"own/{op}.{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=f"own/{op}.{self.count}.node", **attributes))
        return output


def build(p, subset, trained, classes, name):
    g = Graph()
    number = lambda v, name: g.weight(np.array(v, np.float32), name, half=False)  # noqa: E731
    ints = lambda v, name: g.weight(np.array(v, np.int64), name, half=False)  # noqa: E731

    def dense(x, key, bias=True):
        x = g.node("MatMul", [x, g.weight(p[key], key)])
        return g.node("Add", [x, g.weight(p[f"{key}_b"], f"{key}_b")]) if bias else x

    swish = lambda x: g.node("Mul", [x, g.node("Sigmoid", [x])])  # noqa: E731
    epsilon = number(1e-5, "epsilon")

    def norm(x, i):
        x = g.node("Sub", [x, g.node("ReduceMean", [x], axes=[-1], keepdims=1)])
        spread = g.node("ReduceMean", [g.node("Mul", [x, x])], axes=[-1], keepdims=1)
        x = g.node("Div", [x, g.node("Sqrt", [g.node("Add", [spread, epsilon])])])
        x = g.node("Mul", [x, g.weight(p[f"norm_{i}"], f"norm_{i}")])
        return g.node("Add", [x, g.weight(p[f"norm_{i}_b"], f"norm_{i}_b")])

    f = g.node("Squeeze", [pool.TAP], axes=[2])  # [1, 384, steps]
    w = g.weight(p["adapter_in"].transpose(2, 1, 0), "adapter_in")
    inner = g.node("Conv", [f, w, g.weight(p["adapter_in_b"], "adapter_in_b")], kernel_shape=[3], pads=[1, 1])
    inner = g.node("Transpose", [g.node("Relu", [inner])], perm=[0, 2, 1])
    f = g.node("Transpose", [f], perm=[0, 2, 1])
    f = g.node("Add", [f, dense(inner, "adapter_out", bias=False)])
    side, way = swish(dense(f, "side")), swish(dense(f, "way"))
    w = g.weight(p["wide"].T[:, None, :], "wide")  # [120, 1, 7]
    wide = g.node("Transpose", [way], perm=[0, 2, 1])
    wide = g.node("Conv", [wide, w, g.weight(p["wide_b"], "wide_b")], kernel_shape=[7], pads=[3, 3], group=120)
    x = g.node("Add", [way, g.node("Transpose", [swish(wide)], perm=[0, 2, 1])])
    scale = number(net.HEAD_DIM**-0.5, "scale")
    heads, joined = ints([0, -1, 3, net.HEADS, net.HEAD_DIM], "heads"), ints([0, -1, net.HEADS * net.HEAD_DIM], "joined")
    for block in range(2):
        b = 4 * block
        qkv = g.node("Reshape", [dense(norm(x, 2 * block), f"linear_{b}"), heads])
        qkv = g.node("Transpose", [qkv], perm=[2, 0, 3, 1, 4])
        q, k, v = [g.node("Squeeze", [g.node("Gather", [qkv, ints([i], f"part_{block}_{i}")], axis=0)], axes=[0]) for i in range(3)]
        k = g.node("Transpose", [k], perm=[0, 1, 3, 2])
        attention = g.node("Softmax", [g.node("MatMul", [g.node("Mul", [q, scale]), k])], axis=3)
        h = g.node("Transpose", [g.node("MatMul", [attention, v])], perm=[0, 2, 1, 3])
        x = g.node("Add", [x, dense(g.node("Reshape", [h, joined]), f"linear_{b + 1}")])
        h = swish(dense(norm(x, 2 * block + 1), f"linear_{b + 2}"))
        x = g.node("Add", [x, dense(h, f"linear_{b + 3}")])
    hidden = g.node("Add", [norm(x, 4), side])
    # The head's changes by class: classes beyond the subset take the zeros behind the last one.
    places = np.full(classes, len(subset), np.int32)
    places[subset] = np.arange(len(subset))
    places = g.weight(places, "places", half=False)
    delta = g.weight(np.vstack([p["delta"], np.zeros((1, 120))]).T, "delta")
    head = g.node("Add", ["linear_8.w_0", g.node("Gather", [delta, places], axis=1)])
    delta_b = g.weight(np.append(p["delta_b"], 0), "delta_b")
    head_b = g.node("Add", ["linear_8.b_0", g.node("Gather", [delta_b, places], axis=0)])
    logits = g.node("Add", [g.node("MatMul", [hidden, head]), head_b])
    # Rows that were not trained do not fit what now comes before them: those classes are left to the fetched head.
    share = np.zeros(classes, np.float32)
    share[trained] = OWN_SHARE
    own, fetched = g.node("LogSoftmax", [logits], axis=2), g.node("LogSoftmax", [BASE_LOGITS], axis=2)
    both = g.node("Mul", [g.node("Sub", [own, fetched]), g.weight(share, "share", half=False)])
    both = g.node("Add", [both, g.node("Sub", [fetched, g.weight((share == 0) * np.float32(UNTRAINED), "untrained", half=False)])])
    g.node("Softmax", [both], output=name, axis=2)
    return g


def simplified(names):
    """What to add to each class's logit for handwriting. The lines of training hold as many characters that nobody in China writes
    (Japanese and traditional forms, dictionary words) as it takes to learn them: their share is put right here."""
    lists = pool.ROOT / "models/lists"
    traditional = {line[0] for line in (lists / "traditional.txt").read_text(encoding="utf-8").splitlines() if line}
    people = set("".join((lists / name).read_text(encoding="utf-8") for name in ("surnames.tsv", "given_names.tsv")))

    def prior(c):
        if len(c) != 1 or not "一" <= c <= "鿿":
            return 0.0
        try:
            return 0.0 if c.encode("gb2312")[0] < 0xD8 else SECOND_LEVEL
        except UnicodeEncodeError:
            return RARE_NAME if c in people - traditional else FOREIGN

    return np.array([prior(c) for c in names], np.float32)


def main():
    weights, out = sys.argv[1:]
    base = pool.load()
    names = pool.charset(base)
    classes = len(names)
    with np.load(weights) as data:
        p = {k: data[k] for k in data.files}
    if pathlib.Path(out).stem == "hands":
        p["delta_b"] = p["delta_b"] + simplified(names)[p["subset"]]
    name = pathlib.Path(out).stem
    subset = trained = p.pop("subset")
    # Rows that training hardly moved are left out: the file has to stay small.
    moved = np.linalg.norm(p["delta"], axis=1) + np.abs(p["delta_b"]) > LEAST
    print(moved.sum(), "of", len(subset), "rows of the head")
    p["delta"], p["delta_b"], subset = p["delta"][moved], p["delta_b"][moved], subset[moved]
    g = build(p, subset, trained, classes, name)
    extension = onnx.ModelProto()
    extension.graph.node.extend(g.nodes)
    extension.graph.initializer.extend(g.weights)
    extension.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    with open(out, "wb") as file:
        file.write(extension.SerializeToString())
    # What it says must be what was trained.
    whole = open(pool.ROOT / "models/cache/rec_small.onnx", "rb").read() + open(out, "rb").read()
    session = ort.InferenceSession(whole, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).uniform(-1, 1, (1, 3, 48, 320)).astype(np.float32)
    [said] = session.run([name], {"x": x})
    upper = net.Upper(base, np.arange(10))
    full = np.zeros((classes, 120), np.float32)
    with np.load(weights) as data:
        full[data["subset"]] = data["delta"]
        bias = np.zeros(classes, np.float32)
        bias[data["subset"]] = data["delta_b"]
        if name == "hands":
            bias[data["subset"]] += simplified(names)[data["subset"]]
        for key, variable in upper.p.items():
            if not key.startswith("delta"):
                variable.assign(data[key])
    tap, logits = pool.tapped(pool.load()), pool.load()
    logits.graph.output.append(helper.make_tensor_value_info(BASE_LOGITS, TensorProto.FLOAT, None))
    [own] = ort.InferenceSession(logits.SerializeToString()).run([BASE_LOGITS], {"x": x})
    [f] = tap.run([pool.TAP], {"x": x})
    f = f[:, :, 0].transpose(0, 2, 1)
    h = upper.hidden(f, np.array([f.shape[1]], np.int32)).numpy()
    log_softmax = lambda v: v - np.log(np.exp(v - v.max(-1, keepdims=True)).sum(-1, keepdims=True)) - v.max(-1, keepdims=True)  # noqa: E731
    tuned = log_softmax(h @ (upper.head.numpy() + full).T + upper.head_b.numpy() + bias)
    want = log_softmax(own) - UNTRAINED
    want[..., trained] = ((1 - OWN_SHARE) * log_softmax(own) + OWN_SHARE * tuned)[..., trained]
    want = np.exp(want - want.max(-1, keepdims=True))
    want /= want.sum(-1, keepdims=True)
    print("largest difference", np.abs(want - said).max(), "bytes", len(extension.SerializeToString()))


if __name__ == "__main__":
    main()
