using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Payment
    {
        public const string Title = "付费";
        public const string Order = "订单号";
        public const string Created = "下单时间";
        public const string State = "状态";
        public const string Waiting = "付款完成后会自动继续。已付款而未显示时，正在向支付方核实，请勿重复支付。";
        public const string Check = "我已付款";
        public const string Paid = "支付成功";
        public const string PaidNote = "接下来设置PIN码并下载证书。";
        public const string ToDownload = "下载证书";

        public static string StateOf(OrderState state) => state switch
        {
            OrderState.Open => "待付款",
            OrderState.Paid => "已付款",
            OrderState.RefundDue => "退款中",
            OrderState.Refunded => "已退款",
            _ => "已关闭",
        };
    }
}
