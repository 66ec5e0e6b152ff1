export default "workerd";
