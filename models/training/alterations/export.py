"""Writes the trained network as ONNX: normalisation folded into the convolutions, NCHW."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from net import CHANNELS, CODES, HEAD, LAYERS, RESIDUAL


def write_onnx(path, params, stats):
    nodes, weights = [], []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    constant("half", np.float32(0.5))
    nodes.append(helper.make_node("Sub", ["strip", "half"], ["x"]))
    for name, source, k, _, stride, dilation in [*LAYERS, HEAD]:
        p = params[name]
        w, b = np.asarray(p["w"]), np.asarray(p["b"])
        if name != "head":
            gain = np.asarray(p["scale"]) / np.sqrt(np.asarray(stats[name]["var"]) + 1e-5)
            w, b = w * gain, b - np.asarray(stats[name]["mean"]) * gain
        pad = dilation * (k // 2)
        out = name if name == "head" else name + "_conv"
        nodes.append(helper.make_node(
            "Conv", [source, constant(name + "_w", w.transpose(3, 2, 0, 1).astype(np.float32)), constant(name + "_b", b.astype(np.float32))],
            [out], kernel_shape=[k, k], strides=[stride] * 2, dilations=[dilation] * 2, pads=[pad] * 4))
        if name != "head":
            skip = RESIDUAL.get(name)
            nodes.append(helper.make_node("Relu", [out], [name + "_relu" if skip else name]))
            if skip:
                nodes.append(helper.make_node("Add", [name + "_relu", skip], [name]))
    nodes.append(helper.make_node("Sigmoid", ["head"], ["traces"]))
    graph = helper.make_graph(
        nodes, "traces",
        [helper.make_tensor_value_info("strip", TensorProto.FLOAT, [1, CHANNELS, "height", "width"])],
        [helper.make_tensor_value_info("traces", TensorProto.FLOAT, [1, len(CODES), "rows", "columns"])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
