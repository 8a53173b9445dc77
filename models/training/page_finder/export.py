"""Writes the trained network as ONNX: normalisation folded into the convolutions, NCHW."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from net import HEAD, LAYERS, RESIDUAL

SIDE = 256


def write_onnx(path, params, stats, graph_name="page_finder", side=(SIDE, SIDE), head=HEAD, finer=2):
    """`side`: height and width of the input."""
    nodes, weights = [], []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    constant("half", np.float32(0.5))
    constant("double", np.array([1, 1, 2, 2], np.float32))
    nodes.append(helper.make_node("Sub", ["image", "half"], ["x"]))
    for name, inputs, k, _, stride, dilation in [*LAYERS, head]:
        parts = []
        for i in inputs:
            source = i.removeprefix("up:")
            if i.startswith("up:"):
                nodes.append(helper.make_node("Resize", [source, "", "double"], [source + "_up"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"))
                source += "_up"
            parts.append(source)
        if len(parts) > 1:
            nodes.append(helper.make_node("Concat", parts, [name + "_in"], axis=1))
            parts = [name + "_in"]
        p = params[name]
        w, b = np.asarray(p["w"]), np.asarray(p["b"])
        if name != "head":
            gain = np.asarray(p["scale"]) / np.sqrt(np.asarray(stats[name]["var"]) + 1e-5)
            w, b = w * gain, b - np.asarray(stats[name]["mean"]) * gain
        pad = dilation * (k // 2)
        out = name if name == "head" else name + "_conv"
        nodes.append(helper.make_node("Conv", [parts[0], constant(name + "_w", w.transpose(3, 2, 0, 1).astype(np.float32)), constant(name + "_b", b.astype(np.float32))], [out], kernel_shape=[k, k], strides=[stride] * 2, dilations=[dilation] * 2, pads=[pad] * 4))
        if name != "head":
            skip = RESIDUAL.get(name)
            nodes.append(helper.make_node("Relu", [out], [name + "_relu" if skip else name]))
            if skip:
                nodes.append(helper.make_node("Add", [name + "_relu", skip], [name]))
    logits = "head"
    if finer > 1:
        logits = "logits"
        nodes.append(helper.make_node("DepthToSpace", ["head"], [logits], blocksize=finer, mode="DCR"))
    nodes.append(helper.make_node("Sigmoid", [logits], ["maps"]))
    height, width = side
    maps = [1, head[3] // finer**2, height // 4 * finer, width // 4 * finer]
    graph = helper.make_graph(nodes, graph_name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, height, width])], [helper.make_tensor_value_info("maps", TensorProto.FLOAT, maps)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
